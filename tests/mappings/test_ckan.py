"""CKAN packages: which of their many fields becomes what."""

from typing import Any

import pytest

from mappings.dataset import Dataset, Origin
from mappings.markdown import plain_of_markdown
from mappings.schemas import add_page
from tests.mappings.crosswalk import mapped, slugs, value_at
from tests.shared_data import load, needs_shared

PACKAGE: dict[str, Any] = {
    "id": "8f3b",
    "name": "crash-records",
    "title": "Vision Zero crash records",
    "notes": "Crashes with **injuries**, see the [dashboard](https://apps.example.gov/crash).",
    "organization": {"title": "Innovation and Technology", "name": "doit"},
    "groups": [{"title": "Public Safety", "name": "public-safety"}, {"display_name": "Mobility"}],
    "tags": [{"display_name": "crash", "name": "crash"}, {"name": "vision zero"}],
    "author": "Jo Author",
    "author_email": "jo@example.gov",
    "maintainer": "Data Desk",
    "maintainer_email": "data@example.gov",
    "license_id": "odc-pddl",
    "license_title": "Open Data Commons Public Domain Dedication and License (PDDL)",
    "license_url": "http://www.opendefinition.org/licenses/odc-pddl",
    "metadata_created": "2020-02-03T10:00:00.123456",
    "metadata_modified": "2024-05-06T07:08:09.000001",
    "url": "https://source.example.gov/crashes",
    "state": "active",
    "private": False,
    "type": "dataset",
    "resources": [
        {
            "name": "Crash records",
            "url": "https://data.example.gov/dataset/8f3b/resource/1/download/crashes.csv",
            "format": "CSV",
            "mimetype": "text/csv",
            "size": 2_048,
            "url_type": "upload",
            "last_modified": "2024-05-01T00:00:00",
            "state": "active",
        },
        {"name": "Old", "url": "https://data.example.gov/old.csv", "format": "CSV", "state": "deleted"},
        {"name": "Map", "url": "https://gis.example.gov/arcgis/rest/services/C/FeatureServer", "format": ""},
    ],
}


def became(extras: Any = None, **more: Any) -> Any:
    """The package with these extras (a list of pairs) and fields; a field of None is left out."""
    record = {**PACKAGE, **more, "extras": extras or []}
    return mapped({name: value for name, value in record.items() if value is not None}, "ckan")


def pairs(**extras: Any) -> list[dict[str, Any]]:
    return [{"key": key.replace("__", "-"), "value": value} for key, value in extras.items()]


def test_a_package_becomes_a_dataset() -> None:
    result = became()
    expected = {
        "title": "Vision Zero crash records",
        "description": "Crashes with injuries, see the dashboard (https://apps.example.gov/crash).",
        "keywords": ["crash", "vision zero"],
        "publisher.name": "Innovation and Technology",
        "publisher.parents": [],
        "contact": {"name": "Data Desk", "email": "data@example.gov"},
        "license.id": "PDDL-1.0",
        "access_level": "public",
        "issued": "2020-02-03T10:00:00.123456Z",
        "modified": "2024-05-01T00:00:00Z",
        "metadata_modified": "2024-05-06T07:08:09.000001Z",
        "topics.0.label": "Public Safety",
        "topics.1.label": "Mobility",
        "documentation": [{"title": "Source", "url": "https://source.example.gov/crashes"}],
        "distributions.count": 2,
        "distributions.0.kind": "download",
        "distributions.0.format": "CSV",
        "distributions.0.size": 2_048,
        "distributions.1.kind": "api",
        "origin": None,
    }
    assert {path: value_at(result, path) for path in expected} == expected
    assert value_at(result, "as_published")["description"] == PACKAGE["notes"]
    assert slugs(result) == {"distribution-without-format"}


def test_the_page_is_the_portals_where_the_publisher_names_none() -> None:
    source = "https://data.example.gov/data/api/3/action/package_show?id=crash-records"
    dataset = Dataset("x")
    add_page("ckan", dataset, source)
    assert dataset.landing_page == "https://data.example.gov/data/dataset/crash-records"
    named = became(pairs(landingPage="https://agency.example.gov/crashes")).dataset
    add_page("ckan", named, source)
    assert named.landing_page == "https://agency.example.gov/crashes"
    add_page("dcat-us-1.1", other := Dataset("x"), source)
    assert other.landing_page is None


@pytest.mark.parametrize(
    ("extras", "path", "value"),
    [
        ({"accrualPeriodicity": "R/P1D"}, "frequency.value", "R/P1D"),
        ({"frequency__of__update": "annually"}, "frequency.value", "R/P1Y"),
        ({"update_frequency": "Weekly", "frequency": "see notes"}, "frequency.value", "R/P1W"),
        ({"frequency": '["Monthly"]'}, "frequency.value", "R/P1M"),
        ({"modified": "2021-07-08"}, "modified", "2021-07-08"),
        ({"issued": "2019"}, "issued", "2019"),
        ({"released": "2018-01-02"}, "issued", "2018-01-02"),
        ({"temporal": "2011-12-01/2013-11-06"}, "temporal.end", "2013-11-06"),
        ({"temporal__extent__begin": "1940-01-01"}, "temporal.start", "1940-01-01"),
        ({"temporal_from": "2015-01-01", "temporal_to": "2016-01-01"}, "temporal.end", "2016-01-01"),
        ({"spatial": "-71.2,42.2,-70.9,42.4"}, "spatial.bbox", [-71.2, 42.2, -70.9, 42.4]),
        (
            {"spatial": '{"type":"Polygon","coordinates":[[[-71,42],[-71,43],[-70,43],[-70,42],[-71,42]]]}'},
            "spatial.bbox",
            [-71.0, 42.0, -70.0, 43.0],
        ),
        ({"spatial": "Boston"}, "spatial.places.0.name", "Boston"),
        (
            {
                "bbox__west__long": "-71.2",
                "bbox__south__lat": "42.2",
                "bbox__east__long": "-70.9",
                "bbox__north__lat": "42.4",
            },
            "spatial.bbox",
            [-71.2, 42.2, -70.9, 42.4],
        ),
        ({"publisher": "Vision Zero Task Force"}, "publisher.name", "Vision Zero Task Force"),
        ({"publisher": "Vision Zero"}, "publisher.parents", ["Innovation and Technology"]),
        ({"contact_name": "Ann", "contact_email": "ann@x.gov"}, "contact.email", "ann@x.gov"),
        ({"contact_point": "Ann"}, "contact", {"name": "Ann", "email": "data@example.gov"}),
        ({"accessLevel": "restricted public"}, "access_level", "restricted public"),
        ({"language": '["en-US"]'}, "language", ["en-US"]),
        ({"theme": '["Roads"]'}, "topics.2.label", "Roads"),
        ({"describedBy": "https://x.gov/dd.pdf"}, "documentation.0.title", "Data dictionary"),
        ({"license": "https://creativecommons.org/publicdomain/zero/1.0/"}, "license.id", "CC0-1.0"),
    ],
    ids=str,
)
def test_what_stands_in_extras_or_beside_them(extras: dict[str, Any], path: str, value: Any) -> None:
    assert value_at(became(pairs(**extras)), path) == value
    own = {key.replace("__", "_"): published for key, published in extras.items()}
    if "license" not in own:
        assert value_at(became(None, **own), path) == value
    assert value_at(became({key.replace("__", "-"): item for key, item in extras.items()}), path) == value


def test_a_repeated_key_is_read_once_and_loses_nothing() -> None:
    twice = [
        *pairs(frequency="R/P1D"),
        *pairs(frequency="R/P1D"),
        *pairs(colour="red"),
        *pairs(colour="blue"),
    ]
    result = became(twice)
    assert value_at(result, "frequency.value") == "R/P1D"
    assert value_at(result, "unmapped")["extras"] == {"colour": ["red", "blue"]}
    assert "unmapped-field" in slugs(result, "extras")


def test_who_answers_where_no_organisation_does() -> None:
    author = became(organization=None, maintainer=None, maintainer_email=None)
    assert value_at(author, "publisher.name") == "Public Safety", "DKAN's groups publish"
    assert value_at(author, "topics") == []
    package = {**PACKAGE, "organization": None, "maintainer": "", "maintainer_email": ""}
    by_author = mapped(package, "ckan")
    assert value_at(by_author, "publisher.name") == "Jo Author"
    assert value_at(by_author, "contact") == {"name": None, "email": "jo@example.gov"}
    assert value_at(by_author, "topics.0.label") == "Public Safety"


def test_a_licence_that_says_nothing_gives_way_to_one_that_does() -> None:
    nothing = {"license_id": "notspecified", "license_title": "License not specified", "license_url": None}
    assert value_at(became(**nothing), "license.id") == "notspecified"
    assert "licence-not-stated" in slugs(became(**nothing))
    stated = became(pairs(license="http://creativecommons.org/licenses/by/4.0/"), **nothing)
    assert value_at(stated, "license.id") == "CC-BY-4.0"
    terms = became(
        pairs(license="See our terms of use"), license_url="https://creativecommons.org/licenses/by/4.0/"
    )
    assert value_at(terms, "license.id") == "CC-BY-4.0", "a licence that is known, before words that are not"


def test_without_dates_of_the_data_those_of_the_record_count() -> None:
    result = became(resources=[])
    assert value_at(result, "modified") == "2024-05-06T07:08:09.000001Z"
    assert value_at(result, "as_published")["modified"] == "2024-05-06T07:08:09.000001"


def test_a_harvested_package_says_where_it_is_from() -> None:
    extras = pairs(harvest_source_id="7a", harvest_source_title="Treasury JSON", harvest_object_id="0d")
    result = became([*extras, *pairs(identifier="015-IRS", landingPage="https://irs.gov/zip")])
    assert result.dataset.origin == Origin("Treasury JSON", "015-IRS", "https://irs.gov/zip", "7a")
    assert value_at(became(pairs(identifier="015-IRS")), "origin") is None


@needs_shared
def test_the_treasurys_packages_come_out_in_one_vocabulary() -> None:
    results = [
        mapped(package, "ckan") for package in load("ckan/catalog.data.gov_treasury_packages_2017.json")
    ]
    assert len(results) == 278
    for result in results:
        dataset = result.dataset
        assert all((dataset.publisher, dataset.modified, dataset.contact, dataset.distributions))
        assert dataset.origin is not None
        assert dataset.origin.source == "Treasury JSON"
        assert dataset.origin.identifier
        assert "unmapped-field" not in slugs(result)
        assert dataset.frequency is None or dataset.frequency.value
    assert results[0].dataset.publisher.parents == ["IRS", "Department of the Treasury"]  # type: ignore[union-attr]


@needs_shared
def test_a_dkan_package_is_read() -> None:
    result = mapped(load("ckan/dkan-french-w-license.json")["result"][0], "ckan")
    expected = {
        "publisher.name": "Région Hauts-de-France",
        "license.id": "etalab-1.0",
        "frequency.value": "irregular",
        "distributions.0.format": "XLSX",
        "spatial.bbox": [1.18652344, 48.80546301, 4.65820313, 51.16423318],
        "origin.source": "Données ouvertes publiées par la région Hauts-de-France",
    }
    assert {path: value_at(result, path) for path in expected} == expected


@needs_shared
def test_the_index_of_an_old_ckan_is_read() -> None:
    for package in load("ckan/datacatalogs.org_solr_export_2013.json")["results"]:
        dataset = mapped(package, "ckan").dataset
        assert all((dataset.modified, dataset.documentation))


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("## Roads ##\n\nAll *roads*.", "Roads\n\nAll roads."),
        ("[https://x.gov](https://x.gov) <https://y.gov>", "https://x.gov https://y.gov"),
        ("![logo](https://x.gov/l.png) a\\_b", "logo (https://x.gov/l.png) a_b"),
        ("2 * 3 * 4, file_name_of__mine, C# and # 5", "2 * 3 * 4, file_name_of__mine, C# and # 5"),
        ("plain", "plain"),
    ],
)
def test_marks_of_markdown_are_taken_off(text: str, plain: str) -> None:
    assert plain_of_markdown(text) == plain


@pytest.mark.parametrize("piece", ["[", "[a](", "**a", "__a", "# ", "*a ", "\\", "<http://", "#"])
def test_marks_without_end_take_no_time(piece: str) -> None:
    assert isinstance(plain_of_markdown(piece * (64_000 // len(piece)) + "x"), str)


@pytest.mark.parametrize("field", ["extras", "tags", "groups", "organization", "resources", "url"])
@pytest.mark.parametrize("value", [7, True, "text", ["a", None, 7], {"a": {"b": []}}, [[1]], [{"key": None}]])
def test_a_field_of_another_kind_costs_nothing_else(field: str, value: Any) -> None:
    assert mapped({**PACKAGE, field: value}, "ckan").dataset.title == PACKAGE["title"]
