"""DCAT-US 3.0 fetched by the real child: nested catalogues, services, series, records, and graphs."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from harvesters.dcat_us_stream import CatalogueStream
from harvesters.detection import Answered
from harvesters.types.dcat_us import find_dcat_us
from mappings.dataset import Dataset
from mappings.issue import Unmappable
from mappings.schemas import map_record
from tests.harvesters.fetching import Fetched, harvest
from tests.portals import Answer, StaticPortal
from tests.shared_data import SHARED, needs_shared, open_feed

HEAD = {"@type": "Catalog", "conformsTo": {"@type": "Standard", "title": "DCAT-US 3.0"}}
EXAMPLES = sorted((SHARED / "dcat-us3").glob("*/*.json*")) if SHARED.is_dir() else []
CLASSES = {"Dataset": "dataset", "DataService": "service", "DatasetSeries": "series"}


def dataset(name: str, **more: Any) -> dict[str, Any]:
    return {
        "@type": "Dataset",
        "@id": f"https://x.gov/{name}",
        "identifier": name,
        "title": f"Title of {name}",
        "description": "A description that is long enough.",
        "publisher": {"@type": "Organization", "name": "Water Agency"},
        **more,
    }


def service(name: str, *served: Any, **more: Any) -> dict[str, Any]:
    return {
        "@type": "DataService",
        "identifier": name,
        "title": f"Service {name}",
        "endpointURL": [f"https://api.x.gov/{name}/v1"],
        "servesDataset": list(served),
        **more,
    }


def fetched(folder: Path, document: Any) -> Fetched:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    with StaticPortal({"/data.json": Answer(body)}) as portal:
        return harvest(folder, "dcat-us", portal.url)


def mapped(result: Fetched) -> dict[str, Dataset]:
    assert {record.schema for record in result.records} == {"dcat-us-3.0"}
    return {
        str(record.identifier): map_record(record.schema, record.payload).dataset for record in result.records
    }


def classes(path: Path) -> Counter[str]:
    """How many datasets, services and series an example describes, or its catalogue only refers to."""
    found: Counter[str] = Counter()
    document = json.loads(path.read_bytes())

    def walk(value: Any) -> None:
        if isinstance(value, list):
            for item in value:
                walk(item)
        elif isinstance(value, dict):
            kind = str(value.get("@type")).rpartition(":")[2]
            if kind in CLASSES:
                found[CLASSES[kind]] += 1
            for inner in value.values():
                walk(inner)

    walk(document)
    found["reference"] = sum(isinstance(item, str) for item in document.get("dataset", []))
    return found


@needs_shared
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_every_example_is_harvested_and_accounted_for(tmp_path: Path, path: Path) -> None:
    result = fetched(tmp_path, path.read_bytes())
    described = classes(path)
    absorbed = 1 if path.name == "service_service.jsonld" else 0
    assert len(result.records) == sum(described.values()) - absorbed
    if not sum(described.values()):
        assert result.verdict == (False, "no-dataset-list", True)
        return
    assert result.verdict in ((True, "", False), (False, "no-usable-records", False))
    for record in result.records:
        if record.trouble is not None:
            assert described["reference"] or "no_identifier" in path.name
        elif path.name == "dataset_spatial -framed.jsonld":
            with pytest.raises(Unmappable, match="missing-title"):
                map_record(record.schema, record.payload)
        else:
            assert map_record(record.schema, record.payload).dataset.title


@needs_shared
def test_a_series_member_listed_twice_is_the_same_record(tmp_path: Path) -> None:
    name = "dcat-us3/edge-cases/dcatus3_0_series_member_also_top_level.json"
    result = fetched(tmp_path, open_feed(name))
    assert len(result.records) == 4
    found = mapped(result)
    assert len({record.digest for record in result.records}) == 3
    series = "https://example.gov/series/annual-report"
    assert found[series].type == "collection"
    members = [identifier for identifier in found if identifier != series]
    assert [[part.identifier for part in found[name].part_of] for name in members] == [[series]] * 2
    assert found[members[0]].part_of[0].title == "Annual Report Series"
    payload = next(json.loads(record.payload) for record in result.records if record.identifier == series)
    assert payload["seriesMember"] == members, "what is described inside is a record of its own"


@pytest.mark.parametrize("order", [("dataset", "service"), ("service", "dataset")])
def test_a_service_is_a_way_to_the_datasets_it_serves_wherever_it_stands(
    tmp_path: Path, order: tuple[str, str]
) -> None:
    parts = {
        "dataset": [dataset("wells"), dataset("gauges"), dataset("plain")],
        "service": [
            service(
                "a", "https://x.gov/wells", {"@id": "gauges"}, endpointDescription="https://api.x.gov/a.json"
            ),
            service("b", "https://elsewhere.gov/1"),
            service("c", dataset("inside")),
        ],
    }
    result = fetched(tmp_path, {**HEAD, **{name: parts[name] for name in order}})
    assert result.verdict == (True, "", False)
    found = mapped(result)
    assert set(found) == {"wells", "gauges", "plain", "b", "inside"}
    for name in ("wells", "gauges"):
        offer = found[name].distributions[0]
        assert (offer.url, offer.kind, offer.title) == ("https://api.x.gov/a/v1", "api", "Service a")
        assert found[name].documentation[0].url == "https://api.x.gov/a.json"
    assert found["plain"].distributions == []
    assert (found["b"].type, found["b"].distributions[0].kind) == ("api", "api")
    assert found["inside"].distributions[0].url == "https://api.x.gov/c/v1"


def test_datasets_of_nested_catalogues_say_where_they_are_from(tmp_path: Path) -> None:
    inner = {**HEAD, "@id": "https://x.gov/c2", "dataset": [dataset("deep")], "title": "Inner"}
    outer = {
        "dataset": [dataset("nested", landingPage="https://x.gov/nested.html")],
        "catalog": [inner, "https://elsewhere.gov/data.json"],
        "service": [service("s", "deep")],
        "@id": "https://x.gov/c1",
        "title": "Outer",
    }
    document = {**HEAD, "catalog": [outer, {}], "dataset": [dataset("top")]}
    result = fetched(tmp_path, document)
    assert result.verdict == (True, "", False)
    found = mapped(result)
    assert set(found) == {"nested", "deep", "top"}
    assert found["top"].origin is None
    origin = found["nested"].origin
    assert origin is not None
    assert (origin.source, origin.source_id, origin.identifier, origin.url) == (
        "Outer",
        "https://x.gov/c1",
        "nested",
        "https://x.gov/nested.html",
    )
    assert [part.title for part in found["deep"].part_of] == ["Inner", "Outer"]
    assert found["deep"].distributions[0].kind == "api"


def test_a_catalog_record_says_when_the_metadata_changed(tmp_path: Path) -> None:
    record = {"@type": "CatalogRecord", "primaryTopic": "https://x.gov/a", "modified": "2026-05-06"}
    result = fetched(tmp_path, {**HEAD, "dataset": [dataset("a"), dataset("b")], "record": [record, "x", 1]})
    found = mapped(result)
    assert [found[name].metadata_modified for name in ("a", "b")] == ["2026-05-06", None]


def test_what_is_no_object_is_accounted_for_in_every_list(tmp_path: Path) -> None:
    document = {
        **HEAD,
        "dataset": ["https://x.gov/elsewhere", dataset("a")],
        "service": [1, {"title": "nameless", "endpointURL": "https://x.gov/"}],
        "datasetSeries": {
            "@id": "https://x.gov/s",
            "title": "The only one",
            "seriesMember": [dataset("m"), "a"],
        },
    }
    result = fetched(tmp_path, document)
    said = [record.trouble.slug if record.trouble else record.identifier for record in result.records]
    assert sorted(map(str, said)) == [
        "a",
        "https://x.gov/s",
        "m",
        "missing-identifier",
        "not-an-object",
        "not-an-object",
    ]


def test_a_record_without_surroundings_is_kept_byte_for_byte(tmp_path: Path) -> None:
    document = json.dumps({**HEAD, "dataset": [dataset("a", title="Straße")]}, indent=3).encode()
    result = fetched(tmp_path, document)
    assert result.records[0].payload in document


def test_a_cut_document_lands_what_came(tmp_path: Path) -> None:
    document = json.dumps(
        {**HEAD, "service": [service("s")], "dataset": [dataset(str(n)) for n in range(40)]}
    )
    with StaticPortal({"/data.json": Answer(document[:-600].encode())}) as portal:
        result = harvest(tmp_path, "dcat-us", portal.url)
    assert result.verdict == (False, "cut", False)
    assert "s" in {record.identifier for record in result.records}
    assert len(result.records) > 30


def test_catalogues_nested_too_deep_are_passed_over() -> None:
    text = b'{"catalog":[' * 200 + b"{}" + b"]}" * 200
    stream = CatalogueStream(iter([text]), ("dataset",))
    assert list(stream.elements()) == []
    assert (stream.too_deep, len(stream.heads)) == (1, 21)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({**HEAD, "dataset": [dataset("a")]}, "3.0: conformsTo DCAT-US 3.0"),
        ({"@context": "https://x.org/dcat-us-3.0.jsonld", "@graph": [dataset("a")]}, "3.0: @context"),
        ({"@type": "Catalog", "service": [service("s")]}, "3.0: @type Catalog"),
        ({"@type": "dcat:Catalog", "dataset": [dataset("a")]}, "1.1: a dataset list"),
    ],
    ids=str,
)
def test_the_version_is_told(document: Any, said: str) -> None:
    found = find_dcat_us(Answered("https://x.gov/data.json", 200, {}, json.dumps(document).encode()))
    assert found is not None
    assert said in found.evidence
