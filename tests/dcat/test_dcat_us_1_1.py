"""What data.gov refuses, each both ways: its validator refuses the bad value, our writer never emits it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcat.dcat_us_1_1 import Entry, to_entry
from dcat.published import cut_at_word
from dcat.validate import entry_validator
from mappings.dataset import (
    Contact,
    Dataset,
    Distribution,
    Frequency,
    Licence,
    Link,
    Part,
    Place,
    Publisher,
    Spatial,
    Temporal,
    Topic,
)
from tests.dcat.samples import complete, feed_record


def entry_of(dataset: Dataset, **around: Any) -> dict[str, Any]:
    entry = to_entry(feed_record(dataset, **around))
    assert entry.reasons == []
    assert list(entry_validator().iter_errors(entry.fields)) == []
    return entry.fields


def refused(field: str, value: Any) -> bool:
    """Does data.gov's validator refuse this value in an otherwise good entry?"""
    good = entry_of(complete())
    assert entry_validator().is_valid(good)
    return not entry_validator().is_valid({**good, field: value})


REQUIRED: list[tuple[str, Any, dict[str, Any], str]] = [
    ("title", "", {"title": ""}, "missing-title"),
    ("description", "", {"description": None}, "missing-description"),
    ("keyword", [], {"keywords": [], "topics": []}, "missing-keyword"),
    ("keyword", [""], {"keywords": [" "], "topics": []}, "missing-keyword"),
    ("modified", "spring 2024", {"modified": "spring 2024"}, "missing-modified"),
    ("modified", None, {"modified": None, "metadata_modified": "2024-01-01"}, "missing-modified"),
    ("publisher", {"name": ""}, {"publisher": None}, "missing-publisher"),
    ("contactPoint", {"fn": "A", "hasEmail": None}, {"contact": Contact("A", None)}, "missing-contact"),
    (
        "contactPoint",
        {"fn": "A", "hasEmail": "a@b.c"},
        {"contact": Contact("A", "no address")},
        "missing-contact",
    ),
    ("contactPoint", {"fn": "A", "hasEmail": "http://b.c"}, {"contact": None}, "missing-contact"),
    ("accessLevel", "Public", {"access_level": None}, "missing-access-level"),
]


@pytest.mark.parametrize(("field", "bad", "changes", "reason"), REQUIRED)
def test_a_record_lacking_a_required_field_is_left_out_with_the_reason(
    field: str, bad: Any, changes: dict[str, Any], reason: str
) -> None:
    assert refused(field, bad)
    assert to_entry(feed_record(complete(**changes))) == Entry({}, [reason])


def test_every_reason_is_told_at_once() -> None:
    entry = to_entry(feed_record(Dataset("Only a title")))
    assert entry.reasons == [
        "missing-description",
        "missing-keyword",
        "missing-modified",
        "missing-publisher",
        "missing-contact",
        "missing-access-level",
    ]


OPTIONAL: list[tuple[str, Any, dict[str, Any], Any]] = [
    # field, value data.gov refuses, our dataset holding it, what we emit (None: nothing)
    ("issued", "May 2019", {"issued": "May 2019"}, None),
    ("issued", "R/P1D", {"issued": "R/P1D"}, None),
    ("license", "CC0", {"license": Licence("CC0-1.0", None, True, "CC0")}, None),
    (
        "license",
        "https://a.example/ü",
        {"license": Licence(None, "https://a.example/%C3%BC")},
        "https://a.example/%C3%BC",
    ),
    ("landingPage", "https://a.example/a b", {"landing_page": "https://a.example/a b"}, None),
    ("landingPage", "https://a.example/{id}", {"landing_page": "https://a.example/{id}"}, None),
    ("accrualPeriodicity", "weekly", {"frequency": Frequency("R/P1W", "weekly")}, "R/P1W"),
    ("accrualPeriodicity", "eventual", {"frequency": Frequency(None, "eventual")}, None),
    ("temporal", "2019-05-01/..", {"temporal": Temporal("2019-05-01", None, "2019-05-01/..")}, None),
    ("temporal", "2019 to 2020", {"temporal": Temporal("2019", "2020", "2019 to 2020")}, "2019/2020"),
    ("language", "en", {"language": ["en"]}, ["en"]),
    ("language", ["english"[:1]], {"language": ["e"]}, None),
    ("theme", [], {"topics": []}, None),
    ("theme", ["Health", "Health"], {"topics": [Topic("h", "Health"), Topic("h2", "Health")]}, ["Health"]),
    ("references", [], {"documentation": []}, None),
    ("references", ["see a b"], {"documentation": [Link(None, "https://a b/")]}, None),
    ("describedBy", "a b", {"documentation": [Link("Data dictionary", "a b")]}, None),
    ("rights", "x" * 256, {"rights": "word " * 60}, "word " * 50 + "wor…"),
    ("bureauCode", ["10:86"], {"unmapped": {"bureauCode": ["10:86"]}}, None),
    ("bureauCode", ["010:86", "010:86"], {"unmapped": {"bureauCode": ["010:86"]}}, ["010:86"]),
    ("distribution", "none", {"distributions": []}, None),
]


@pytest.mark.parametrize(("field", "bad", "changes", "emitted"), OPTIONAL)
def test_an_optional_field_is_emitted_only_in_a_form_data_gov_accepts(
    field: str, bad: Any, changes: dict[str, Any], emitted: Any
) -> None:
    assert refused(field, bad)
    found = entry_of(complete(**changes)).get(field)
    if field == "rights":
        assert found == ("word " * 51).strip()[:250].rsplit(" ", 1)[0] + "…" or len(found) <= 255
    else:
        assert found == emitted


DISTRIBUTIONS: list[tuple[dict[str, Any], Distribution, dict[str, Any]]] = [
    (
        {"downloadURL": "https://a.example/x.csv"},
        Distribution("https://a.example/x.csv"),
        {"accessURL": "https://a.example/x.csv"},
    ),
    (
        {"downloadURL": "https://a.example/x.csv", "mediaType": "csv"},
        Distribution("https://a.example/x.csv", format="CSV", media_type="csv"),
        {"accessURL": "https://a.example/x.csv", "format": "CSV"},
    ),
    (
        {"downloadURL": "https://a.example/x.csv", "mediaType": "text/csv; charset=utf-8"},
        Distribution("https://a.example/x.csv", media_type="text/csv; charset=utf-8"),
        {"accessURL": "https://a.example/x.csv"},
    ),
    (
        {"accessURL": "https://a.example/a b"},
        Distribution("https://a.example/api", "api", media_type="application/json"),
        {"accessURL": "https://a.example/api", "mediaType": "application/json"},
    ),
]


@pytest.mark.parametrize(("bad", "distribution", "emitted"), DISTRIBUTIONS)
def test_a_download_needs_its_media_type(
    bad: dict[str, Any], distribution: Distribution, emitted: dict[str, Any]
) -> None:
    assert refused("distribution", [bad])
    fields = entry_of(complete(distributions=[distribution]))
    assert fields["distribution"] == [{"@type": "dcat:Distribution", **emitted}]


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "vbscript:x"])
def test_no_address_that_runs_goes_out_though_it_is_a_uri(address: str) -> None:
    assert not refused("license", address), "to a validator it is as good as any"
    dataset = complete(
        license=Licence(None, address, as_published=address),
        landing_page=address,
        documentation=[Link("Data dictionary", address), Link(None, address)],
        distributions=[Distribution(address), Distribution("https://a.example/x", conforms_to=address)],
        unmapped={"conformsTo": address, "systemOfRecords": address},
    )
    fields = entry_of(dataset)
    assert "systemOfRecords" not in fields or not address.startswith("javascript")
    assert [
        name for name, value in fields.items() if name != "systemOfRecords" and address in str(value)
    ] == []


@pytest.mark.parametrize("url", ["javascript:alert(1)//x y", "https://a.example/<script>", "no url"])
def test_a_distribution_without_a_good_address_is_not_emitted(url: str) -> None:
    assert "distribution" not in entry_of(complete(distributions=[Distribution(url)]))


def test_one_distribution_given_twice_is_emitted_once() -> None:
    twice = [Distribution("https://a.example/x"), Distribution("https://a.example/x")]
    assert len(entry_of(complete(distributions=twice))["distribution"]) == 1


def test_spatial_is_always_text() -> None:
    geometry = {"type": "Point", "coordinates": [1, 2]}
    assert refused("spatial", [1, 2, 3, 4])
    box = Spatial([-71.5, 42.0, -70.0, 43.25], geometry=geometry, as_published='{"type": "Point"}')
    assert entry_of(complete(spatial=box))["spatial"] == "-71.5,42,-70,43.25"
    place = Spatial(places=[Place("Boston")], as_published="Boston, MA")
    assert entry_of(complete(spatial=place))["spatial"] == "Boston, MA"


def test_a_long_description_is_cut_between_words() -> None:
    text = "word " * 3_000
    assert refused("description", text)
    emitted = entry_of(complete(description=text.strip()))["description"]
    assert len(emitted) <= 10_000
    assert emitted.endswith("word…")


@given(st.text(max_size=60), st.integers(2, 30))
def test_cutting_keeps_within_the_limit(text: str, limit: int) -> None:
    cut = cut_at_word(text, limit)
    assert len(cut) <= limit
    assert cut == text or (cut.endswith("…") and text.startswith(cut[:-1]))


def test_the_portals_contact_answers_for_a_record_that_gives_no_address() -> None:
    dataset = complete(contact=Contact("A. Person", None))
    fields = entry_of(dataset, contact_name="Open data desk", contact_email="data@example.gov")
    assert fields["contactPoint"] == {
        "@type": "vcard:Contact",
        "fn": "Open data desk",
        "hasEmail": "mailto:data@example.gov",
    }


def test_an_address_without_a_name_is_the_publishers() -> None:
    fields = entry_of(complete(contact=Contact(None, "data@example.gov")))
    assert fields["contactPoint"]["fn"] == "Department of Public Health"


def test_the_registered_agency_publishes_what_names_no_publisher() -> None:
    dataset = complete(publisher=None)
    assert entry_of(dataset, publisher_name="City of Example")["publisher"]["name"] == "City of Example"


def test_the_organisations_above_the_publisher_are_told() -> None:
    publisher = Publisher("bls", "BLS", parents=["Department of Labor", "U.S. Government"])
    fields = entry_of(complete(publisher=publisher))
    assert fields["publisher"]["subOrganizationOf"]["name"] == "Department of Labor"
    assert fields["publisher"]["subOrganizationOf"]["subOrganizationOf"]["name"] == "U.S. Government"


def test_stated_topics_are_keywords_where_there_are_none_and_derived_ones_are_not() -> None:
    stated, derived = Topic("health", "Health"), Topic("roads", "Roads", derived=True)
    assert entry_of(complete(keywords=[], topics=[stated, derived]))["keyword"] == ["Health"]
    assert to_entry(feed_record(complete(keywords=[], topics=[derived]))).reasons == ["missing-keyword"]


def test_a_valid_published_value_goes_out_as_it_came_in() -> None:
    published = {
        "modified": "R/P1D",
        "keywords": [" water", "Water", "Water"],
        "description": "<p>Weekly <b>counts</b></p>",
    }
    fields = entry_of(complete(modified=None, as_published=published))
    assert fields["modified"] == "R/P1D"
    assert fields["keyword"] == [" water", "Water"]
    assert fields["description"] == "<p>Weekly <b>counts</b></p>"


ACTIVE = [
    "<script>alert(1)</script>Counts",
    "<p onclick = alert(1)>Counts</p>",
    '<a href="JavaScript:alert(1)">Counts</a>',
    "<img src=x onerror=alert(1)>Counts",
]


INERT = ["Metadata: https://a.example/", "<p>Season: May</p>", "condition = good; data: weekly", "a < b"]


@pytest.mark.parametrize("text", INERT)
def test_text_that_only_resembles_active_content_goes_out_as_published(text: str) -> None:
    assert entry_of(complete(as_published={"description": text}))["description"] == text


@pytest.mark.parametrize("text", ACTIVE)
def test_text_with_active_content_goes_out_as_plain_text(text: str) -> None:
    fields = entry_of(complete(title="Counts", as_published={"title": text, "description": text}))
    assert fields["title"] == "Counts"
    assert fields["description"] == complete().description


def test_a_value_that_was_cut_when_kept_does_not_go_out() -> None:
    cut = "x" * 1_999 + "…"
    assert entry_of(complete(as_published={"description": cut}))["description"] == complete().description


def test_collections_are_noted_for_the_feed_to_resolve() -> None:
    entry = to_entry(feed_record(complete(part_of=[Part("parent-1")])))
    assert entry.parents == ["parent-1"]
    assert "isPartOf" not in entry.fields
