"""What is read of RDF documents, and what is refused before anyone could be asked for anything."""

import json
import tempfile
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from rdflib import Graph

from harvesters.fetch_error import FetchError
from harvesters.json_element import Element
from harvesters.rdf_body import store_utf8
from harvesters.rdf_graph import form_of, read_graph
from harvesters.rdf_pages import declared_total, next_pages
from harvesters.rdf_records import elements
from harvesters.records import source_record
from mappings.schemas import map_record
from tests.shared_data import SHARED, needs_shared, open_feed

BASE = "https://portal.example/catalog"
PREFIXES = """@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix hydra: <http://www.w3.org/ns/hydra/core#> . @prefix foaf: <http://xmlns.com/foaf/0.1/> .
"""


def read(raw: bytes, url: str = BASE, kind: str = "") -> AbstractContextManager[Graph]:
    folder = Path(tempfile.mkdtemp())
    path = folder / "document"
    beginning = store_utf8(iter([raw]), path)
    return read_graph(path, url, form_of(beginning, url, kind))


def records_of(turtle: str) -> list[Element]:
    with read((PREFIXES + turtle).encode()) as graph:
        return list(elements(graph))


def payloads(turtle: str) -> list[dict[str, object]]:
    return [element.value for element in records_of(turtle)]


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
    with pytest.raises(FetchError) as error, read(document):
        pass
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
    (element,) = records_of(turtle)
    assert element.trouble is not None
    assert element.trouble.slug == "record-too-large"


@pytest.mark.parametrize("value", ["<p2>", '"https://portal.example/p2"', '"p2"', "<http://inner:5000/p2>"])
@pytest.mark.parametrize("name", ["hydra:next", "hydra:nextPage"])
def test_the_next_page_is_an_address_or_a_literal_on_the_same_host(value: str, name: str) -> None:
    with read(f"{PREFIXES}<p> {name} {value} .".encode()) as graph:
        assert next_pages(graph, BASE) == ["https://portal.example/p2"]


def test_a_total_is_a_number_and_of_several_the_largest() -> None:
    with read(f'{PREFIXES}<a> hydra:totalItems "4" . <b> hydra:totalItems 9, "many" .'.encode()) as graph:
        assert declared_total(graph) == 9


@pytest.mark.parametrize(
    ("document", "kind", "form"),
    [
        (b"[] a <urn:x> .", "", "turtle"),
        (b"[ a <urn:x> ] .", "", "turtle"),
        (b'[{"@id": "a"}]', "text/turtle", "json-ld"),
        (b"[]", "", "json-ld"),
        (b"<d> a <urn:x> .", "", "turtle"),
        (b"<http://x.gov/d> <urn:p> <urn:o> .\n", "", "turtle"),
        (b"# made\n<http://x.gov/d> <urn:p> <urn:o> .\n", "application/n-triples; charset=utf-8", "nt"),
        (b"@prefix a: <urn:a> .", "text/plain", "turtle"),
        (b'<RDF xmlns="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>', "text/html", "xml"),
        (b"\n\n<!-- made --><rdf:RDF/>", "", "xml"),
    ],
)
def test_the_syntax_is_told_by_the_beginning(document: bytes, kind: str, form: str) -> None:
    assert form_of(document, BASE, kind) == form


@pytest.mark.parametrize(
    "document",
    [
        f'{PREFIXES}<d> a dcat:Dataset ; dct:title "Caf\u00e9" .'.encode("cp1252"),
        f'\ufeff{PREFIXES}<d> a dcat:Dataset ; dct:title "Caf\u00e9" .'.encode(),
        '<?xml version="1.0" encoding="ISO-8859-1"?><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        ' xmlns:d="http://www.w3.org/ns/dcat#" xmlns:t="http://purl.org/dc/terms/"><d:Dataset r:about="d">'
        "<t:title>Caf\u00e9</t:title></d:Dataset></r:RDF>".encode("latin-1"),
    ],
    ids=["windows", "mark", "declared"],
)
def test_letters_come_out_right_in_each_encoding(document: bytes) -> None:
    with read(document.removeprefix(b"\xef\xbb\xbf")) as graph:
        (element,) = elements(graph)
    assert element.value["title"] == "Caf\u00e9"


def test_a_context_that_is_known_is_taken_from_our_copy() -> None:
    address = "https://semiceu.github.io/DCAT-AP/releases/3.0.0/context/dcat-ap.jsonld"
    node = {"@id": "https://x.gov/d", "@type": "Dataset", "title": [{"@value": "Lakes"}]}
    for context in (address, [address, {"ex": "https://ex.gov/"}]):
        with read(json.dumps({"@context": context, **node}).encode()) as graph:
            (element,) = elements(graph)
        assert element.value["title"] == "Lakes"


BLANK = 'a dcat:Dataset ; dct:title "Lakes" ; dcat:distribution [ dcat:accessURL <https://x.gov/a.csv> ] ;'


def test_a_dataset_without_an_address_has_a_name_that_lasts() -> None:
    (one,) = payloads(f'[] {BLANK} dct:description "old" .')
    (other,) = payloads(f'<http://x.gov/.well-known/genid/7> {BLANK} dct:description "new" .')
    assert one["identifier"] == other["identifier"]
    assert str(one["identifier"]).startswith("content:")
    notation = '[ <http://www.w3.org/2004/02/skos/core#notation> "doi:10.1/2" ]'
    (stated,) = payloads(f"[] {BLANK} <http://www.w3.org/ns/adms#identifier> {notation} .")
    assert stated["identifier"] == "doi:10.1/2"


def test_what_a_catalogue_lists_is_a_dataset_even_if_it_does_not_say_so() -> None:
    (record,) = payloads('<c> a dcat:Catalog ; dcat:dataset <d>, <e> . <d> dct:title "D" .')
    assert record["title"] == "D"


def test_a_catalogue_within_another_and_a_source_are_the_origin() -> None:
    turtle = """<c> a dcat:Catalog ; dcat:catalog <sub> ; dcat:dataset <a> .
        <a> a dcat:Dataset ; dct:title "A" . <b> a dcat:Dataset ; dct:title "B" .
        <sub> a dcat:Catalog ; dct:title "County" ; dcat:dataset <b> .
        [] a dcat:CatalogRecord ; foaf:primaryTopic <b> ; dct:modified "2024-01-01" ;
        dct:source <https://o.gov/b> ."""
    own, harvested = (map_record("dcat-ap", element.raw).dataset for element in records_of(turtle))
    assert own.origin is None
    assert harvested.origin is not None
    assert (harvested.origin.source, harvested.origin.url) == ("County", "https://o.gov/b")
    assert harvested.origin.source_id == "https://portal.example/sub"


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
    with read(open_feed(name)) as graph:
        found = [source_record("s", "dcat-ap", item, BASE) for item in elements(graph)]
    assert len(found) == count
    for record in found:
        assert record.trouble is None
        assert map_record("dcat-ap", record.payload).dataset.title
