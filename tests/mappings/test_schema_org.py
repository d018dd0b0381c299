"""schema.org's Datasets and landing pages, as the spider hands them over."""

from typing import Any

import pytest

from mappings.issue import Unmappable
from mappings.schemas import describe
from tests.mappings.crosswalk import mapped, slugs
from tests.shared_data import load, needs_shared

URL = "https://www.example.gov/data/roads"


def of_dataset(**fields: Any) -> Any:
    """A Dataset on its own page."""
    dataset = {"@type": "Dataset", "name": "Roads", **fields}
    return mapped({"identifier": URL, "url": URL, "dataset": dataset, "page": {}}, "schema-org")


def of_page(**page: Any) -> Any:
    """A page without markup."""
    return mapped({"identifier": URL, "url": URL, "page": {"title": "Roads", **page}}, "landing-page")


@needs_shared
def test_the_real_datasets_are_mapped() -> None:
    krill = load("schema-org/dataset_variableMeasured_LarvalKrill.jsonld")
    dataset = mapped({"identifier": "x", "url": URL, "dataset": krill, "page": {}}, "schema-org").dataset
    assert dataset.title.startswith("Larval krill studies")
    assert dataset.keywords == ["krill", "biota", "oceans"]
    assert (dataset.license and dataset.license.id) == "CC-BY-4.0"
    assert (dataset.temporal and dataset.temporal.start) == "2001-08-06"
    assert dataset.spatial is not None
    assert dataset.spatial.bbox == [-75.8183, -68.4817, -68.5033, -65.08]
    assert dataset.columns
    assert dataset.distributions[0].kind == "download"
    minimal = load("schema-org/dataset_minimal.jsonld")
    assert mapped({"url": URL, "dataset": minimal}, "schema-org").dataset.license is not None


@pytest.mark.parametrize(
    ("geo", "box"),
    [
        ({"@type": "GeoShape", "box": "41.2 -73.5 42.9 -69.9"}, [-73.5, 41.2, -69.9, 42.9]),
        ({"@type": "GeoShape", "box": "41.2,-73.5 42.9,-69.9"}, [-73.5, 41.2, -69.9, 42.9]),
        ({"@type": "GeoShape", "polygon": "1 2 3 2 3 4 1 4 1 2"}, [2, 1, 4, 3]),
        ({"@type": "GeoShape", "box": "-123.5 41 -121 42"}, [-123.5, 41, -121, 42]),
        ({"@type": "GeoShape", "box": "somewhere"}, None),
    ],
)
def test_a_box_is_read_by_schema_orgs_order(geo: Any, box: list[float] | None) -> None:
    spatial = of_dataset(spatialCoverage={"@type": "Place", "name": "There", "geo": geo}).dataset.spatial
    assert spatial is not None
    assert (spatial.bbox, [place.name for place in spatial.places]) == (box, ["There"])


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("DOT", "DOT"),
        ({"@type": "Organization", "legalName": "DOT"}, "DOT"),
        ([{"@type": "Person", "name": "A"}, {"@type": "Organization", "name": "DOT"}], "DOT"),
    ],
)
def test_who_publishes_may_be_said_in_many_ways(raw: Any, name: str) -> None:
    for role in ("publisher", "provider", "creator"):
        publisher = of_dataset(**{role: raw}).dataset.publisher
        assert publisher is not None
        assert publisher.name == name


def test_what_no_dataset_can_be_is_refused() -> None:
    with pytest.raises(Unmappable, match="missing-title"):
        mapped({"identifier": URL, "dataset": {"@type": "Dataset"}}, "schema-org")
    with pytest.raises(Unmappable, match="missing-title"):
        mapped({"identifier": URL, "page": 7}, "landing-page")


@pytest.mark.parametrize("value", [None, 7, "x", [], {}, [{}], {"@id": 1}, [[["a"]]], True, "9" * 5_000])
def test_no_value_breaks_a_dataset(value: Any) -> None:
    names = ("description", "keywords", "license", "publisher", "distribution", "spatialCoverage", "about")
    names += ("temporalCoverage", "variableMeasured", "inLanguage", "isBasedOn", "subjectOf", "dateModified")
    assert of_dataset(**dict.fromkeys(names, value)).dataset.title == "Roads"
    page = ("description", "topics", "organisation", "modified", "links", "type", "contact", "language")
    assert of_page(**dict.fromkeys(page, value)).dataset.title == "Roads"


@pytest.mark.parametrize(
    ("page", "kind"),
    [
        ({"type": "Data catalog"}, "collection"),
        ({"type": "Interactive dashboard"}, "dashboard"),
        ({"title": "Towing data dashboard"}, "dashboard"),
        ({"title": "Annual Rideshare Report 2019"}, "report"),
        ({"title": "Crash reports", "links": [{"url": "https://x.gov/a.csv"}]}, "dataset"),
        ({"links": [{"url": "https://x.gov/report.pdf"}]}, "report"),
        ({"links": [{"url": "https://public.tableau.com/views/a/b"}]}, "dashboard"),
        (
            {"links": [{"url": "https://public.tableau.com/views/a/b"}, {"url": "https://x.gov/a.csv"}]},
            "dataset",
        ),
        ({}, "dataset"),
    ],
)
def test_reports_and_dashboards_are_typed_as_such(page: dict[str, Any], kind: str) -> None:
    assert of_page(**page).dataset.type == kind


@pytest.mark.parametrize(
    ("raw", "iso"),
    [
        ("Last updated: March 3, 2022", "2022-03-03"),
        ("Published on 4/1/2020", "2020-04-01"),
        ("3 de marzo de 2022", "2022-03-03"),
        ("soon", None),
        ("last " * 5_000, None),
    ],
)
def test_dates_in_words_are_read(raw: str, iso: str | None) -> None:
    result = of_page(modified=raw)
    assert result.dataset.modified == iso
    assert result.dataset.as_published["modified"]
    assert ("invalid-date" in slugs(result)) is (iso is None)


def test_counts_and_the_sitemaps_day_change_nothing() -> None:
    record = {
        "identifier": URL,
        "views": 1,
        "version": "0001",
        "page": {"title": "A", "lastmod": "2024-01-01"},
    }
    other = {
        **record,
        "views": 7,
        "version": "2",
        "page": {"title": "A", "lastmod": "2024-02-02", "views": 7},
    }
    one, two = describe("landing-page", record), describe("landing-page", other)
    assert one.digest == two.digest
    assert (one.views, two.views) == (1, 7)
    assert describe("landing-page", {**record, "page": {"title": "B"}}).digest != one.digest
