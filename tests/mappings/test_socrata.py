"""Socrata Discovery results become datasets, also where the portal hides the facts in fields of its own."""

import json
from copy import deepcopy
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappings.dataset import Dataset, Origin
from mappings.issue import Unmappable
from mappings.schemas import Mapped, add_page, describe, map_record
from tests.mappings.crosswalk import find, mapped, slugs, value_at
from tests.shared_data import needs_shared

TREES: dict[str, Any] = {
    "resource": {
        "name": "Street trees",
        "id": "abcd-1234",
        "parent_fxf": [],
        "description": "Every tree the city owns, with species, size and condition.",
        "attribution": "Parks Department",
        "attribution_link": "https://city.gov/parks",
        "contact_email": "trees@city.gov",
        "type": "dataset",
        "updatedAt": "2022-03-02T00:00:00.000Z",
        "createdAt": "2019-01-01T00:00:00.000Z",
        "metadata_updated_at": "2022-03-02T00:00:00.000Z",
        "data_updated_at": "2022-03-01T00:00:00.000Z",
        "publication_date": "2020-02-02T00:00:00.000Z",
        "page_views": {"page_views_last_week": 3, "page_views_total": 439},
        "download_count": 537,
        "columns_name": ["Species", "Height"],
        "columns_field_name": ["species", "height"],
        "columns_datatype": ["Text", "Number"],
        "columns_description": ["Common name", ""],
        "columns_format": [{}, {"align": "right"}],
        "provenance": "official",
        "lens_view_type": "tabular",
        "lens_display_type": "table",
        "blob_mime_type": None,
        "hide_from_data_json": False,
    },
    "classification": {
        "categories": ["environment", "recreation"],
        "tags": [],
        "domain_category": "Environment",
        "domain_tags": ["trees", "parks"],
        "domain_metadata": [],
    },
    "metadata": {"domain": "data.city.gov", "license": "Creative Commons Attribution 4.0 International"},
    "permalink": "https://data.city.gov/d/abcd-1234",
    "link": "https://data.city.gov/Environment/Street-trees/abcd-1234",
    "owner": {"id": "wxyz-9876", "user_type": "interactive", "display_name": "Jo"},
    "creator": {"id": "wxyz-9876", "user_type": "interactive", "display_name": "Jo"},
}


def trees(custom: dict[str, Any] | None = None, **resource: Any) -> Mapped:
    """The result with these custom fields and this in its `resource`."""
    record = deepcopy(TREES)
    record["resource"].update(resource)
    record["classification"]["domain_metadata"] = [
        {"key": key, "value": value} for key, value in (custom or {}).items()
    ]
    return map_record("socrata-discovery", json.dumps(record).encode())


def test_a_complete_result_gives_no_issue() -> None:
    assert trees().issues == []


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("title", "Street trees"),
        ("type", "dataset"),
        ("description", "Every tree the city owns, with species, size and condition."),
        ("keywords", ["trees", "parks"]),
        ("topics.0", {"id": "environment", "label": "Environment", "derived": False}),
        ("topics.1", {"id": "recreation", "label": "recreation", "derived": True}),
        ("topics.count", 2),
        ("publisher.name", "Parks Department"),
        ("contact.email", "trees@city.gov"),
        ("issued", "2020-02-02T00:00:00.000Z"),
        ("modified", "2022-03-01T00:00:00.000Z"),
        ("metadata_modified", "2022-03-02T00:00:00.000Z"),
        ("license.id", "CC-BY-4.0"),
        ("access_level", "public"),
        ("landing_page", "https://data.city.gov/d/abcd-1234"),
        ("documentation.0", {"title": "Source", "url": "https://city.gov/parks"}),
        (
            "columns.0",
            {"name": "species", "label": "Species", "description": "Common name", "type": "Text"},
        ),
        ("columns.1.description", None),
        ("unmapped.columns_format", {"height": {"align": "right"}}),
        ("unmapped.provenance", "official"),
        ("unmapped.createdAt", "2019-01-01T00:00:00.000Z"),
        ("unmapped.link", "https://data.city.gov/Environment/Street-trees/abcd-1234"),
        ("unmapped.owner.display_name", "Jo"),
    ],
)
def test_each_field_has_its_place(path: str, expected: object) -> None:
    assert value_at(trees(), path) == expected


def test_a_table_is_offered_in_every_row_format_and_as_an_api() -> None:
    offers = [(offer.kind, offer.format, offer.url) for offer in trees().dataset.distributions]
    assert offers == [
        ("download", "CSV", "https://data.city.gov/api/views/abcd-1234/rows.csv?accessType=DOWNLOAD"),
        ("download", "JSON", "https://data.city.gov/api/views/abcd-1234/rows.json?accessType=DOWNLOAD"),
        ("download", "XML", "https://data.city.gov/api/views/abcd-1234/rows.xml?accessType=DOWNLOAD"),
        ("download", "RDF", "https://data.city.gov/api/views/abcd-1234/rows.rdf?accessType=DOWNLOAD"),
        ("api", "API", "https://data.city.gov/resource/abcd-1234.json"),
    ]


@pytest.mark.parametrize(
    ("resource", "type_", "offers"),
    [
        ({"type": "filter"}, "dataset", ["download", "download", "download", "download", "api"]),
        ({"type": "map", "lens_view_type": "geo"}, "map", ["map"]),
        ({"type": "chart", "lens_view_type": "chart"}, "dashboard", ["page"]),
        ({"type": "story", "lens_view_type": "story"}, "report", ["page"]),
        ({"type": "href", "lens_view_type": "href"}, "dataset", ["page"]),
        ({"type": "dataset", "lens_view_type": "href"}, "dataset", ["page"]),
        ({"type": "file", "blob_mime_type": "application/pdf"}, "dataset", ["download", "page"]),
        ({"type": "file", "blob_mime_type": None}, "dataset", ["page"]),
        ({"id": "../../etc/passwd"}, "dataset", ["page"]),
        ({"id": 7}, "dataset", ["page"]),
        ({"type": ["dataset"]}, "dataset", ["page"]),
    ],
)
def test_what_is_offered_depends_on_the_type(resource: dict[str, Any], type_: str, offers: list[str]) -> None:
    dataset = trees(**resource).dataset
    assert (dataset.type, [offer.kind for offer in dataset.distributions]) == (type_, offers)


def test_a_file_is_downloaded_under_its_media_type() -> None:
    offer = trees(type="file", blob_mime_type="application/zip; charset=binary").dataset.distributions[0]
    assert offer.url == "https://data.city.gov/download/abcd-1234/application%2Fzip"
    assert (offer.format, offer.media_type) == ("ZIP", "application/zip")


# --- custom fields -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "value", "path", "expected"),
    [
        ("Update_Update-Frequency", "Annually", "frequency.value", "R/P1Y"),
        ("Common-Core_Update-Frequency-", "R/P1M", "frequency.value", "R/P1M"),
        ("Information_UpdateFrequency", "monthly", "frequency.value", "R/P1M"),
        ("Refresh-Frequency_Frequency", "Daily", "frequency.value", "R/P1D"),
        ("Details_Temporal-Coverage", "2012-2021", "temporal.end", "2021"),
        ("Common-Core_Temporal-Applicability", "2020-12-13/2022-07-21", "temporal.start", "2020-12-13"),
        ("Common-Core_Geographic-Coverage", "Georgia", "spatial.places.0.name", "Georgia"),
        ("Common-Core_Contact-Name", "CDC INFO", "contact.name", "CDC INFO"),
        ("Common-Core_Contact-Email", "cdcinfo@cdc.gov", "contact.email", "cdcinfo@cdc.gov"),
        ("Common-Core_Language", "English", "language", ["en"]),
        ("Common-Core_Public-Access-Level", "Non Public", "access_level", "non-public"),
        ("Common-Core_Access-Level-Comment", "Names removed", "rights", "Names removed"),
        ("Common-Core_Homepage", "https://cdc.gov/x", "documentation.1.title", "Home page"),
        ("Data-Collection_Data-Collection", "MMR and PMMR", "part_of.0.title", "MMR and PMMR"),
    ],
)
def test_custom_fields_are_read_by_their_names(key: str, value: str, path: str, expected: object) -> None:
    result = trees({key: value})
    assert value_at(result, path) == expected
    assert "domain_metadata" not in result.dataset.unmapped


@pytest.mark.parametrize(
    "key",
    [
        "Agency_Agency",
        "Department_Department",
        "Publishing-Department",
        "Data-Owner_Owner",
        "Common-Core_Publisher",
    ],
)
def test_without_an_attribution_the_agency_of_a_custom_field_publishes(key: str) -> None:
    assert value_at(trees({key: "Public Works"}, attribution=None), "publisher.name") == "Public Works"
    assert value_at(trees({key: "Public Works"}), "publisher.name") == "Parks Department"


def test_the_licence_of_a_custom_field_counts_where_the_asset_has_none() -> None:
    record = deepcopy(TREES)
    del record["metadata"]["license"]
    record["classification"]["domain_metadata"] = [
        {"key": "Common-Core_License", "value": "http://www.usa.gov/publicdomain/label/1.0/"}
    ]
    result = map_record("socrata-discovery", json.dumps(record).encode())
    assert value_at(result, "license.id") == "us-government-work"


def test_of_several_fields_the_one_that_can_be_read_counts() -> None:
    """Maryland: "Other (Please Describe Below)" in one field, the answer in the next."""
    other = (
        "Time-Period_Other-Update-Frequency---If-frequency-isn't-included-in-list-above,-please-describe-it"
    )
    result = trees({"Time-Period_Update-Frequency": "Other (Please Describe Below)", other: "Every 5 Years"})
    assert value_at(result, "frequency") == {"value": "R/P5Y", "as_published": "Every 5 Years"}
    assert "frequency-not-recognised" not in slugs(result)


def test_words_that_are_no_frequency_are_kept_and_reported() -> None:
    result = trees({"Update_Update-Frequency": "Every full moon"})
    assert value_at(result, "frequency") == {"value": None, "as_published": "Every full moon"}
    assert slugs(result) == {"frequency-not-recognised"}


def test_a_kind_of_area_is_no_place() -> None:
    result = trees({"Dataset-Information_Geographic-Coverage": "Countywide"})
    assert result.dataset.spatial is None
    assert result.dataset.unmapped["domain_metadata"] == {
        "Dataset-Information_Geographic-Coverage": "Countywide"
    }
    assert slugs(result) == set()


def test_a_period_may_stand_in_two_fields() -> None:
    custom = {"Asset-Details_Asset-Start-Date": "12/31/2011", "Asset-Details_Asset-End-Date": "Ongoing"}
    assert value_at(trees(custom), "temporal") == {
        "start": "2011-12-31",
        "end": None,
        "as_published": "12/31/2011 – Ongoing",
        "derived": False,
        "evidence": None,
        "confidence": None,
    }


def test_blank_custom_fields_are_as_good_as_absent() -> None:
    assert (
        trees({"Update_Update-Frequency": "", "Notes_Notes": " "}).dataset.unmapped
        == trees().dataset.unmapped
    )


def test_custom_fields_nobody_knows_are_kept_under_one_issue() -> None:
    result = trees({"Notes_Notes": "See the report.", "Quality_Sampled": "Yes", "Update_Automation": "No"})
    assert result.dataset.unmapped["domain_metadata"] == {
        "Notes_Notes": "See the report.",
        "Quality_Sampled": "Yes",
        "Update_Automation": "No",
    }
    (issue,) = result.issues
    assert issue.slug == "unmapped-field"
    assert "Notes_Notes" in issue.message
    assert "Quality_Sampled" in issue.message
    assert "Automation" not in issue.message


def test_a_repeated_custom_field_keeps_all_its_values() -> None:
    record = deepcopy(TREES)
    record["classification"]["domain_metadata"] = [{"key": "Notes_Notes", "value": text} for text in "abc"]
    result = map_record("socrata-discovery", json.dumps(record).encode())
    assert result.dataset.unmapped["domain_metadata"] == {"Notes_Notes": ["a", "b", "c"]}


# --- the rest ------------------------------------------------------------------------------------------


def test_popularity_lives_beside_the_record() -> None:
    light = describe("socrata-discovery", TREES)
    assert (light.identifier, light.views, light.downloads) == ("abcd-1234", 439, 537)
    assert light.version == "2022-03-02T00:00:00.000Z"
    assert "page_views" not in trees().dataset.unmapped


def test_data_updated_at_may_be_missing() -> None:
    assert trees(data_updated_at=None).dataset.modified == "2022-03-02T00:00:00.000Z"
    assert trees(publication_date=None).dataset.issued == "2019-01-01T00:00:00.000Z"


def test_a_view_names_what_it_is_derived_from() -> None:
    assert trees(parent_fxf=["aaaa-0001", "aaaa-0002"]).dataset.derived_from == ["aaaa-0001", "aaaa-0002"]


def test_a_drafts_id_is_left_as_it_is_and_reported() -> None:
    result = trees(id="draft:abcd-1234")
    assert slugs(result, "resource.id") == {"draft-identifier"}


def test_columns_whose_lists_differ_in_length_are_not_paired() -> None:
    result = trees(columns_description=["only one"])
    assert [(column.name, column.description) for column in result.dataset.columns] == [
        ("species", None),
        ("height", None),
    ]
    assert "columns-mismatch" in slugs(result)


def test_html_in_a_columns_description_becomes_text() -> None:
    result = trees(columns_description=["<b>Common</b> name", "In&nbsp;metres"])
    assert [column.description for column in result.dataset.columns] == ["Common name", "In metres"]


def test_a_column_may_be_called_what_elsewhere_is_a_placeholder() -> None:
    result = trees(columns_name=["X", "Unknown"], columns_field_name=["x", "none"])
    assert [(column.name, column.label) for column in result.dataset.columns] == [
        ("x", "X"),
        ("none", "Unknown"),
    ]


def test_an_unknown_field_is_kept_and_reported_by_name() -> None:
    result = trees(approval="pending")
    assert result.dataset.unmapped["approval"] == "pending"
    assert [(issue.slug, issue.field) for issue in result.issues] == [("unmapped-field", "approval")]


@pytest.mark.parametrize("part", ["classification", "metadata"])
def test_a_part_that_is_no_object_is_reported(part: str) -> None:
    result = map_record("socrata-discovery", json.dumps({**TREES, part: "gone"}).encode())
    assert "wrong-type" in slugs(result, part)


def test_a_result_without_a_name_is_quarantined() -> None:
    with pytest.raises(Unmappable, match="missing-title"):
        trees(name=" ")


# --- views and origins ---------------------------------------------------------------------------------


VIEW: dict[str, Any] = {
    "attribution": "Forestry",
    "license": {"name": "Public Domain", "termsLink": "https://creativecommons.org/publicdomain/zero/1.0/"},
    "columns": [
        {"fieldName": "height", "name": "Height", "dataTypeName": "number", "description": "In feet"},
        {"fieldName": "secret", "name": "Secret", "dataTypeName": "text", "flags": ["hidden"]},
        {"fieldName": "species", "name": "Species", "dataTypeName": "text"},
        {"fieldName": "ward", "name": "Ward", "dataTypeName": "text"},
    ],
    "metadata": {
        "attachments": [
            {"name": "Data dictionary", "filename": "trees & shrubs.pdf", "assetId": "ab-12"},
            {"filename": "old.xls", "blobId": "QX=1"},
            {"filename": "nowhere.txt"},
            "no attachment",
        ],
        "custom_fields": {"Update": {"Update Frequency": "Weekly"}, "Agency": {"Agency": "Parks"}, "x": 3},
    },
}


def viewed(view: Any, **resource: Any) -> Mapped:
    record = deepcopy(TREES)
    record["resource"].update(resource)
    return map_record("socrata-discovery", json.dumps(record | {"view": view}).encode())


def test_attachments_are_documents() -> None:
    links = [(link.title, link.url) for link in viewed(VIEW).dataset.documentation]
    assert links == [
        ("Source", "https://city.gov/parks"),
        (
            "Data dictionary",
            "https://data.city.gov/api/views/abcd-1234/files/ab-12?download=true&filename=trees%20%26%20shrubs.pdf",
        ),
        ("old.xls", "https://data.city.gov/api/assets/QX%3D1?download=true&filename=old.xls"),
    ]


def test_columns_stand_in_the_views_order_and_keep_discoverys_types() -> None:
    columns = viewed(VIEW).dataset.columns
    assert [(column.name, column.type, column.description) for column in columns] == [
        ("height", "Number", "In feet"),
        ("species", "Text", None),
        ("ward", "text", None),
    ]


def test_custom_fields_that_discovery_lacks_are_read() -> None:
    assert value_at(viewed(VIEW), "frequency.value") == "R/P1W"
    assert value_at(viewed(VIEW, attribution=None), "publisher.name") == "Forestry"


def test_discovery_goes_before_the_view() -> None:
    assert value_at(viewed(VIEW), "publisher.name") == "Parks Department"
    assert value_at(viewed(VIEW), "license.id") == "CC-BY-4.0"


def test_the_views_licence_counts_where_discovery_has_none() -> None:
    record = deepcopy(TREES) | {"view": VIEW}
    del record["metadata"]["license"]
    licence = map_record("socrata-discovery", json.dumps(record).encode()).dataset.license
    assert licence is not None
    assert (licence.open, licence.as_published) == (True, "\n".join(VIEW["license"].values()))


@pytest.mark.parametrize(
    "points",
    [
        {"accessPoints": {"XML": "https://dot.gov/incidents.xml", "rss": "javascript:alert(1)"}},
        {"additionalAccessPoints": [{"title": None, "urls": {"XML": "https://dot.gov/incidents.xml"}}]},
        {
            "accessPoints": {"XML": "https://old.gov/x.xml"},
            "additionalAccessPoints": [{"urls": {"text/xml": "https://dot.gov/incidents.xml"}}],
        },
    ],
)
def test_an_external_asset_is_got_where_it_lies(points: dict[str, Any]) -> None:
    offers = viewed({"metadata": points}, type="href", lens_view_type="href").dataset.distributions
    assert [(offer.kind, offer.format, offer.url) for offer in offers] == [
        ("download", "XML", "https://dot.gov/incidents.xml"),
        ("page", "HTML", "https://data.city.gov/d/abcd-1234"),
    ]


def test_an_uploaded_file_has_name_and_size() -> None:
    view = {"blobFilename": "trees.zip", "blobFileSize": 4711}
    offer = viewed(view, type="file", blob_mime_type="application/zip").dataset.distributions[0]
    assert (offer.title, offer.size) == ("trees.zip", 4711)


@pytest.mark.parametrize(
    ("counts", "rows"),
    [
        ({"count": "12"}, 12),
        ({"count": 12}, 12),
        ({"non_null": 3, "null": "4"}, 7),
        ({"count": "many"}, None),
    ],
)
def test_rows_are_counted_by_the_column_that_counts_most(counts: dict[str, Any], rows: int | None) -> None:
    view = {"columns": [{"fieldName": "a", "cachedContents": counts}, {"fieldName": "b"}]}
    assert viewed(view).dataset.unmapped.get("rows") == rows


def test_counting_rows_anew_is_no_change() -> None:
    views = [{"columns": [{"fieldName": "a", "cachedContents": {"count": n}}]} for n in (1, 2)]
    first, second = (describe("socrata-discovery", TREES | {"view": view}).digest for view in views)
    assert first == second != describe("socrata-discovery", TREES).digest


def test_what_leads_to_another_portal_names_it_as_its_origin() -> None:
    record = TREES | {"link": "https://data.state.gov/d/abcd-1234"}
    dataset = map_record("socrata-discovery", json.dumps(record).encode()).dataset
    assert dataset.origin == Origin(
        "data.state.gov", "abcd-1234", "https://data.state.gov/d/abcd-1234", "data.state.gov"
    )
    assert trees().dataset.origin is None


@pytest.mark.parametrize(
    ("asked", "origin"),
    [("data.city.gov", None), ("DATA.city.gov", None), ("data.state.gov", "data.city.gov"), ("", None)],
)
def test_an_asset_of_another_domain_than_the_one_asked_is_federated(asked: str, origin: str | None) -> None:
    dataset = trees().dataset
    add_page("socrata-discovery", dataset, f"https://x.gov/api/catalog/v1?domains={asked}&ids=abcd-1234")
    assert (dataset.origin and dataset.origin.source) == origin
    if dataset.origin:
        assert (dataset.origin.identifier, dataset.origin.url) == ("abcd-1234", dataset.landing_page)


def test_what_a_user_made_says_so() -> None:
    assert slugs(trees(provenance="community"), "resource.provenance") == {"community-created"}


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["key", "value", "id", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


ANY_VIEW = st.recursive(
    ANY_JSON,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [*VIEW["metadata"], "accessPoints", "additionalAccessPoints", "urls", "csv", "cachedContents"]
            ),
            inner,
            max_size=3,
        )
        | st.dictionaries(st.sampled_from(["fieldName", "flags", "count", "assetId"]), inner, max_size=3)
    ),
    max_leaves=10,
)


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(st.sampled_from(sorted(TREES["resource"])), ANY_JSON, max_size=6),
    st.dictionaries(st.sampled_from(sorted(TREES["classification"])), ANY_JSON, max_size=4),
    st.dictionaries(st.sampled_from(sorted(TREES)), ANY_JSON, max_size=1),
    st.dictionaries(st.sampled_from([*VIEW, "blobFileSize", "blobFilename"]), ANY_VIEW, max_size=4)
    | ANY_JSON,
)
def test_any_json_in_any_field_maps_or_is_refused(
    resource: dict[str, Any], groups: dict[str, Any], top: dict[str, Any], view: Any
) -> None:
    record = deepcopy(TREES)
    record["resource"].update(resource)
    record["classification"].update(groups)
    record.update(top)
    record["view"] = view
    try:
        dataset = map_record("socrata-discovery", json.dumps(record).encode()).dataset
    except Unmappable:
        dataset = Dataset("refused")
    assert msgspec.json.decode(msgspec.json.encode(dataset), type=Dataset) == dataset


@needs_shared
@pytest.mark.parametrize(
    ("file", "identifier", "path", "expected"),
    [
        ("data.nj.gov", "44xg-bswk", "frequency.value", "R/P3M"),
        ("data.nj.gov", "44xg-bswk", "contact.name", "Data NJ Team"),
        ("data.alaska.gov", "yt9c-cxsm", "publisher.name", "Data.Medicaid.Gov"),
        ("data.cdc.gov", "9bhg-hcku", "documentation.1.title", "Home page"),
        ("data.colorado.gov", "rifs-n6ib", "temporal.start", "2015"),
        ("data.edmonton.ca", "r6dw-htmx", "derived_from", ["mner-asqn"]),
        ("data.edmonton.ca", "r6dw-htmx", "temporal.end", "2017-10-15"),
    ],
)
def test_real_portals_are_read_without_rules_of_their_own(
    file: str, identifier: str, path: str, expected: object
) -> None:
    schema, record = find(f"socrata-discovery/{file}.jsonl", identifier)
    assert value_at(map_record(schema, json.dumps(record).encode()), path) == expected


@pytest.mark.parametrize(
    ("key", "value", "publisher", "frequency"),
    [
        (
            "Common-Core_NLM-Organization",
            "National Library of Medicine",
            "National Library of Medicine",
            None,
        ),
        ("About_Lead-Ministry", "Ministry of Roads", "Ministry of Roads", None),
        ("Refresh_Rate-of-Upload-Frequency", "Weekly", None, "R/P1W"),
        ("Refresh_Sampling-Frequency", "Weekly", None, None),
        ("Refresh_Model-Frequency", "44 kHz", None, None),
        ("About_Agency-Website", "https://a.gov", None, None),
        ("About_Lead-Agency", "https://a.gov", None, None),
        ("About_Reviewed-by-Department", "Yes", None, None),
    ],
)
def test_a_custom_field_nobody_has_seen_is_told_by_its_last_word(
    key: str, value: str, publisher: str | None, frequency: str | None
) -> None:
    record = {
        "resource": {"name": "Roads", "id": "abcd-1234"},
        "classification": {"domain_metadata": [{"key": key, "value": value}]},
    }
    dataset = mapped(record, "socrata-discovery").dataset
    assert (dataset.publisher.name if dataset.publisher else None) == publisher
    assert (dataset.frequency.value if dataset.frequency else None) == frequency
