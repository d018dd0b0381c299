"""What is read of RDF documents, and what is refused before anyone could be asked for anything."""

import json

import pytest

from harvesters.fetch_error import FetchError
from harvesters.rdf_graph import next_page, read_graph
from harvesters.rdf_records import elements
from harvesters.records import source_record
from mappings.schemas import map_record
from tests.shared_data import SHARED, needs_shared, open_feed

BASE = "https://portal.example/catalog"
PREFIXES = """@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix hydra: <http://www.w3.org/ns/hydra/core#> . @prefix foaf: <http://xmlns.com/foaf/0.1/> .
"""


def payloads(turtle: str) -> list[dict[str, object]]:
    return [element.value for element in elements(read_graph((PREFIXES + turtle).encode(), BASE))]


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "b">]><r>&a;</r>', "document type declaration"),
        (b'<!DOCTYPE r SYSTEM "http://evil.example/a.dtd"><r/>', "document type declaration"),
        (b"<!DOCTYPE html><html><p>Sorry</p></html>", "web page"),
        (b'{"@context": "https://evil.example/context.jsonld", "@id": "a"}', "evil.example"),
        (b'[{"a": {"@context": [{"@import": "https://evil.example/i"}]}}]', "evil.example"),
        (b'{"@context": ', "no JSON"),
        (b"<?xml version='1.0'?><a><b></a>", "well-formed"),
        (b"@prefix dcat: <http://www.w3.org/ns/dcat#> . dcat:a dcat:b", "no turtle"),
    ],
)
def test_what_cannot_be_read_or_would_be_fetched_is_refused(document: bytes, said: str) -> None:
    with pytest.raises(FetchError) as error:
        read_graph(document, BASE)
    assert error.value.slug == "not-rdf"
    assert said in error.value.message


def test_a_dataset_is_one_object_with_everything_that_belongs_to_it() -> None:
    (record,) = payloads(
        """<d> a dcat:Dataset ; dct:title "Trær"@no, "Trees"@en ; dct:publisher [ foaf:name "City" ] ;
        dcat:distribution <x> . <x> a dcat:Distribution ; dcat:downloadURL <x.csv> ."""
    )
    assert record["identifier"] == "https://portal.example/d"
    assert record["title"] == "Trees"
    assert record["dct:publisher"] == [{"foaf:name": [{"@value": "City"}]}]
    assert record["dcat:distribution"] == [
        {
            "@id": "https://portal.example/x",
            "@type": ["dcat:Distribution"],
            "dcat:downloadURL": [{"@id": "https://portal.example/x.csv"}],
        }
    ]


def test_equal_graphs_give_equal_payloads_whatever_their_order() -> None:
    one = '<d> a dcat:Dataset ; dct:title "T" ; dcat:keyword "b", "a" ; dct:creator [ foaf:name "A" ] .'
    other = '<d> dct:creator [ foaf:name "A" ] ; dcat:keyword "a", "b" ; dct:title "T" ; a dcat:Dataset .'
    assert payloads(one) == payloads(other)


def test_circles_and_other_datasets_end_a_node() -> None:
    first, second = payloads(
        """<a> a dcat:Dataset ; dct:title "A" ; dct:relation <b>, <n> . <n> dct:relation <n>, <a> .
        <b> a dcat:Dataset ; dct:title "B" ; dct:isPartOf <a> ; dcat:keyword "long" ."""
    )
    assert "long" not in json.dumps(first)
    assert second["dct:isPartOf"] == [{"@id": f"{BASE[:-7]}a", "dct:title": [{"@value": "A"}]}]


def test_nodes_that_share_their_parts_do_not_grow_without_end() -> None:
    layers = "".join(
        f"<{level}-{node}> dct:relation {', '.join(f'<{level + 1}-{below}>' for below in range(40))} .\n"
        for level in range(5)
        for node in range(40)
    )
    turtle = '<d> a dcat:Dataset ; dct:title "T" ; dct:relation <0-0> .' + layers
    (element,) = elements(read_graph((PREFIXES + turtle).encode(), BASE))
    assert element.trouble is not None
    assert element.trouble.slug == "record-too-large"


@pytest.mark.parametrize("value", ["<p2>", '"https://portal.example/p2"'])
def test_the_next_page_is_an_address_or_a_literal(value: str) -> None:
    for name in ("hydra:next", "hydra:nextPage"):
        graph = read_graph(f"{PREFIXES}<p> {name} {value} .".encode(), BASE)
        assert next_page(graph) == "https://portal.example/p2"


@needs_shared
@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("dcat-ap/alessandria-it_catalog.rdf", 5),
        ("dcat-ap/udata/flat.jsonld", 3),
        ("dcat-ap/udata/partial-collection-1.jsonld", 3),
        ("dcat-ap/dcat-ap-es/v1_E_DCAT-AP-ES_Catalog_NSIP.rdf", 6),
        ("opendatasoft/public.opendatasoft.com_catalog_2015.ttl", 186),
    ],
)
def test_catalogues_as_published_become_datasets(name: str, count: int) -> None:
    assert SHARED.is_dir()
    graph = read_graph(open_feed(name), BASE)
    found = [source_record("s", "dcat-ap", item, BASE) for item in elements(graph)]
    assert len(found) == count
    for record in found:
        assert record.trouble is None
        assert map_record("dcat-ap", record.payload).dataset.title
