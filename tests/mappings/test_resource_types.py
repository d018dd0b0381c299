"""Types: DCAT's classes and Socrata's assets."""

import pytest

from mappings.resource_types import read_resource_type
from tests.mappings.crosswalk import feeds
from tests.mappings.reading import read
from tests.shared_data import load_lines, needs_shared


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (None, "dataset"),
        ("dcat:Dataset", "dataset"),
        ("http://www.w3.org/ns/dcat#DataService", "api"),
        ("dcat:DatasetSeries", "collection"),
        (["prov:Entity", "dcat:DatasetSeries"], "collection"),
        ("dataset", "dataset"),
        ("filter", "dataset"),
        ("href", "dataset"),
        ("file", "dataset"),
        ("calendar", "dataset"),
        ("map", "map"),
        ("chart", "dashboard"),
        ("measure", "dashboard"),
        ("story", "report"),
        ("Story", "report"),
    ],
)
def test_types(raw: object, expected: str) -> None:
    assert read(read_resource_type, raw) == (expected, [])


def test_an_unknown_type_is_taken_for_a_dataset_and_reported() -> None:
    assert read(read_resource_type, "gizmo") == ("dataset", ["resource-type-not-recognised"])


@needs_shared
def test_every_asset_type_of_the_socrata_portals_is_known() -> None:
    types = {
        result["resource"].get("type")
        for feed in feeds("socrata-discovery/*.jsonl*")
        for result in load_lines(feed)
    }
    assert [each for each in types if read(read_resource_type, each)[1]] == []
