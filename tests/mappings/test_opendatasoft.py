"""Opendatasoft datasets in each of their shapes: which field becomes what.

API 2.1 is written after help.opendatasoft.com/apis/ods-explore-v2; what came before is read as recorded.
"""

import csv
import gzip
import io
import json
from typing import Any

import pytest

from mappings.dataset import Dataset, Origin
from mappings.schemas import Mapped, add_page, describe, trouble
from tests.mappings.crosswalk import mapped, slugs, value_at
from tests.shared_data import SHARED, load, needs_shared

ROOT = "https://data.example.gov/"
ADDRESS = f"{ROOT}api/explore/v2.1/catalog/datasets/tree-census"

DATASET: dict[str, Any] = {
    "dataset_id": "tree-census",
    "dataset_uid": "da_k3v0q1",
    "attachments": [
        {"mimetype": "application/pdf", "url": "odsfile://method.pdf", "id": "method_pdf", "title": "Method"},
        {"mimetype": "text/csv", "url": "https://files.example.gov/2023.csv", "id": "x", "title": "2023"},
    ],
    "alternative_exports": [
        {"mimetype": "application/zip", "url": "odsfile://trees.gdb.zip", "id": "trees_gdb", "title": "GDB"}
    ],
    "has_records": True,
    "data_visible": True,
    "features": ["geo", "timeserie"],
    "fields": [
        {
            "name": "species",
            "label": "Species",
            "type": "text",
            "description": "Latin name",
            "annotations": {},
        },
        {"name": "geo", "label": "geo", "type": "geo_point_2d", "description": None},
    ],
    "metas": {
        "default": {
            "title": "Tree census",
            "description": "<p>Every <b>street tree</b>, counted by volunteers.</p>",
            "theme": ["Environment", "Parks, Trees"],
            "keyword": ["trees", "streets"],
            "license": "Open Database License (ODbL)",
            "license_url": "https://opendatacommons.org/licenses/odbl/",
            "language": "en",
            "modified": "2024-05-06T07:08:09+00:00",
            "data_processed": "2024-05-07T00:00:00+00:00",
            "metadata_processed": "2024-05-08T00:00:00+00:00",
            "geographic_reference": ["world_us"],
            "territory": ["Cary", "Apex"],
            "records_count": 120345,
            "publisher": "Town of Cary",
            "references": "https://example.gov/trees",
            "timezone": "US/Eastern",
            "update_frequency": None,
        },
        "dcat": {
            "created": "2019-01-01",
            "issued": "2020-02-03",
            "creator": "Urban Forestry",
            "contact_name": "Tree desk",
            "contact_email": "trees@example.gov",
            "accrualperiodicity": "http://publications.europa.eu/resource/authority/frequency/ANNUAL",
            "temporal": "2019/2023",
            "spatial": "Wake County",
        },
        "explore": {"download_count": 41, "api_call_count": 9000},
    },
}


def became(default: dict[str, Any] | None = None, **more: Any) -> Mapped:
    """The dataset with these fields in the default template, and these of its own."""
    metas = {**DATASET["metas"], **more.pop("metas", {})}
    metas["default"] = {**DATASET["metas"]["default"], **(default or {})}
    result = mapped({**DATASET, **more, "metas": metas}, "opendatasoft")
    add_page("opendatasoft", result.dataset, ADDRESS)
    return result


def urls(dataset: Dataset) -> list[str]:
    return [offer.url.removeprefix(f"{ADDRESS}/") for offer in dataset.distributions]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("title", "Tree census"),
        ("description", "Every street tree, counted by volunteers."),
        ("description_html", "<p>Every <b>street tree</b>, counted by volunteers.</p>"),
        ("topics.1.label", "Parks, Trees"),
        ("keywords", ["trees", "streets"]),
        ("license.id", "ODbL-1.0"),
        ("license.as_published", "Open Database License (ODbL)"),
        ("language", ["en"]),
        ("modified", "2024-05-06T07:08:09+00:00"),
        ("metadata_modified", "2024-05-08T00:00:00+00:00"),
        ("issued", "2020-02-03"),
        ("unmapped.data_processed", "2024-05-07T00:00:00+00:00"),
        ("unmapped.records_count", 120345),
        ("publisher.name", "Town of Cary"),
        ("contact.name", "Tree desk"),
        ("contact.email", "trees@example.gov"),
        ("frequency.value", "R/P1Y"),
        ("temporal.start", "2019"),
        ("spatial.places.0.name", "Cary"),
        ("spatial.places.2.name", "Wake County"),
        ("access_level", "public"),
        ("landing_page", f"{ROOT}explore/dataset/tree-census/"),
        ("documentation.0.url", "https://example.gov/trees"),
        ("documentation.1.url", f"{ADDRESS}/attachments/method_pdf"),
        ("columns.0.description", "Latin name"),
        ("columns.0.type", "text"),
        ("columns.1.label", None),
        ("origin", None),
    ],
)
def test_a_dataset_of_api_2_1(path: str, expected: Any) -> None:
    assert value_at(became(), path) == expected


def test_what_a_dataset_offers_has_its_address() -> None:
    dataset = became().dataset
    assert [
        (offer.url.removeprefix(f"{ADDRESS}/"), offer.kind, offer.format) for offer in dataset.distributions
    ] == [
        ("exports/csv", "download", "CSV"),
        ("exports/json", "download", "JSON"),
        ("exports/geojson", "download", "GEOJSON"),
        ("exports/shp", "download", "SHP"),
        ("records", "api", "JSON"),
        ("alternative_exports/trees_gdb", "download", "ZIP"),
        ("https://files.example.gov/2023.csv", "download", "CSV"),
    ]


def test_a_dataset_without_places_has_no_geographic_exports() -> None:
    plain = became(features=[], fields=[], attachments=[], alternative_exports=[]).dataset
    assert urls(plain) == ["exports/csv", "exports/json", "records"]


def test_without_records_only_files_are_offered() -> None:
    dataset = became(has_records=False, alternative_exports=[]).dataset
    assert urls(dataset) == ["attachments/method_pdf", "https://files.example.gov/2023.csv"]
    nothing = became(has_records=False, alternative_exports=[], attachments=[])
    assert "missing-distribution" in slugs(nothing)
    hidden = became(data_visible=False, alternative_exports=[], attachments=[])
    assert "records-not-visible" in slugs(hidden)
    assert hidden.dataset.distributions == []


def test_links_that_cannot_be_resolved_are_not_kept() -> None:
    dataset = mapped(DATASET, "opendatasoft").dataset
    add_page("opendatasoft", dataset, None)
    assert [offer.url for offer in dataset.distributions] == ["https://files.example.gov/2023.csv"]
    assert [link.url for link in dataset.documentation] == ["https://example.gov/trees"]


@pytest.mark.parametrize(
    ("default", "path", "expected"),
    [
        ({"modified": None}, "modified", "2024-05-07T00:00:00+00:00"),
        ({"publisher": None}, "publisher.name", "Urban Forestry"),
        ({"license": "Our terms"}, "license.id", "ODbL-1.0"),
        ({"license": "Our terms"}, "license.as_published", "Our terms"),
        ({"license": "Our terms", "license_url": None}, "license.id", "custom"),
        ({"keyword": "trees, streets"}, "keywords", ["trees", "streets"]),
        ({"theme": "Transports, Déplacements"}, "topics.0.label", "Transports, Déplacements"),
        ({"references": "City survey of 2019"}, "as_published.references", "City survey of 2019"),
        (
            {"bbox": {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [
                [[-79, 35], [-78, 35], [-78, 36], [-79, 36], [-79, 35]]]}}},
            "spatial.bbox",
            [-79.0, 35.0, -78.0, 36.0],
        ),
    ],
    ids=str,
)  # fmt: skip
def test_what_stands_in_for_what(default: dict[str, Any], path: str, expected: Any) -> None:
    assert value_at(became(default), path) == expected


def test_a_federated_dataset_says_where_it_is_from() -> None:
    source = {
        "source_domain": "rtpgov",
        "source_domain_title": "Research Triangle",
        "source_domain_address": "data.rtp.example",
        "source_dataset": "trees nc",
    }
    assert became(source).dataset.origin == Origin(
        "Research Triangle", "trees nc", "https://data.rtp.example/explore/dataset/trees%20nc/", "rtpgov"
    )


def test_what_is_left_over_is_named_and_kept() -> None:
    result = became({"house_style": "blue"}, metas={"custom": {"steward": "Jo"}})
    assert result.dataset.unmapped["house_style"] == "blue"
    assert result.dataset.unmapped["custom"] == {"steward": "Jo"}
    assert {issue.field for issue in result.issues if issue.slug == "unmapped-field"} == {
        "house_style",
        "custom.steward",
    }


@pytest.mark.parametrize(
    "damage",
    [
        {"metas": "none"},
        {"metas": []},
        {"fields": {"a": 1}},
        {"fields": [1, None, {"name": 5}]},
        {"attachments": [{"url": 7}, "x", {}]},
        {"attachments": {"url": "ftp://x.gov/a.pdf"}},
        {"features": "geo"},
    ],
    ids=str,
)
def test_a_part_of_another_type_harms_only_itself(damage: dict[str, Any]) -> None:
    record = {**DATASET, "title": "Tree census", **damage}
    result = mapped(record, "opendatasoft")
    add_page("opendatasoft", result.dataset, ADDRESS)
    assert result.dataset.title == "Tree census"


def test_what_is_counted_is_no_change() -> None:
    light = describe("opendatasoft", DATASET)
    assert (light.identifier, light.downloads) == ("tree-census", 41)
    counted = {**DATASET, "metas": {**DATASET["metas"], "explore": {"download_count": 42}}}
    assert describe("opendatasoft", counted).digest == light.digest
    renamed = {**DATASET, "metas": {"default": {"title": "Trees"}}}
    assert describe("opendatasoft", renamed).digest != light.digest


def recorded() -> list[dict[str, Any]]:
    """The fixtures of API 1.0."""
    found: list[dict[str, Any]] = []
    for path in sorted((SHARED / "opendatasoft/api-v1-fixtures").glob("*.json")):
        answer = load(f"opendatasoft/api-v1-fixtures/{path.name}")
        found += answer.get("datasets", [answer])
    return found


@needs_shared
def test_api_1_0_is_read_as_recorded() -> None:
    found = {}
    for record in recorded():
        assert trouble("opendatasoft-1", record) is None
        dataset = mapped(record, "opendatasoft-1").dataset
        add_page("opendatasoft-1", dataset, ADDRESS)
        found[record["datasetid"]] = dataset
    assert [topic.label for topic in found["test-a"].topics] == ["Culture, Heritage", "Environment"]
    inspire = found["inspire"]
    assert inspire.spatial is not None
    assert inspire.spatial.bbox == [0.1568, 46.4944, 0.5084, 46.6848]
    assert inspire.contact is not None
    assert inspire.contact.email == "tnt@acme.com"
    assert urls(found["test-attachments"]) == ["alternative_exports/gtfs_zip"]
    assert "exports/shp" in urls(inspire)
    assert "exports/shp" not in urls(found["test-shp-limit"])


@needs_shared
def test_the_table_of_2015_is_read_as_recorded() -> None:
    path = SHARED / "opendatasoft/public.opendatasoft.com_catalog_2015.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(io.StringIO(file.read())))
    results = []
    for row in rows:
        record = json.loads(json.dumps({name: value for name, value in row.items() if value}))
        results.append(mapped(record, "opendatasoft-table"))
        add_page("opendatasoft-table", results[-1].dataset, ADDRESS)
    datasets = [result.dataset for result in results]
    assert len(datasets) == 186
    assert all(dataset.modified and dataset.landing_page for dataset in datasets)
    assert sum(bool(dataset.publisher) for dataset in datasets) == 177, "nine name nobody"
    frequencies = [dataset.frequency for dataset in datasets if dataset.frequency]
    assert sum(bool(frequency.value) for frequency in frequencies) / len(frequencies) > 0.97
    assert not any("unmapped-field" in slugs(result) for result in results)
