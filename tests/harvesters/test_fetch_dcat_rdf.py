"""DCAT catalogues in RDF read by the real child."""

from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from harvesters import rdf_file
from harvesters.detect import DetectionError, detect
from harvesters.detection import Answered
from harvesters.fetch_error import FetchError
from harvesters.portal import Portal
from harvesters.rdf_body import store_utf8
from harvesters.rdf_graph import read_graph
from harvesters.types.dcat_rdf import find_rdf, first_page
from mappings.schemas import map_record
from tests.harvesters.fetching import Fetched, harvest
from tests.portals import Answer, RdfPortal, StaticPortal
from tests.portals.rdf_portal import PREFIXES
from tests.portals.server import LoopbackServer, Seen, send
from tests.shared_data import needs_shared, open_feed

RECORDS: list[dict[str, Any]] = [
    {
        "id": f"https://data.lakes.example/d/{number:05d}",
        "title": f"Lake {number} & pond",
        "modified": "2024-05-06",
        "keywords": ["water"],
        "links": [f"https://data.lakes.example/{number}.csv"],
    }
    for number in range(23)
]
ALL = [record["id"] for record in RECORDS]


def fetched(folder: Path, portal: RdfPortal, place: str = "catalog.ttl", **entry: Any) -> Fetched:
    return harvest(folder, "dcat-rdf", portal.url + place, **entry)


def names(run: Fetched) -> list[str | None]:
    return [record.identifier for record in run.records]


@pytest.mark.parametrize("ending", ["ttl", "rdf", "jsonld"])
@pytest.mark.parametrize("form", ["next", "nextPage"])
@pytest.mark.parametrize("literal", [True, False])
def test_pages_are_followed_in_each_syntax(tmp_path: Path, ending: str, form: str, literal: bool) -> None:
    with RdfPortal(RECORDS, size=10, form=form, literal=literal, relative=literal) as portal:
        run = fetched(tmp_path, portal, f"catalog.{ending}")
        asked = [seen.query for seen in portal.seen if seen.path.startswith("/catalog")]
    assert run.verdict == (True, "", False)
    assert asked == [{}, {"page": "2"}, {"page": "3"}]
    assert names(run) == ALL
    assert run.statement.declared_total == 23
    dataset = map_record("dcat-ap", run.records[3].payload).dataset
    assert (dataset.title, dataset.modified) == ("Lake 3 & pond", "2024-05-06")
    assert dataset.publisher is not None
    assert dataset.distributions[0].url == "https://data.lakes.example/3.csv"


def test_every_syntax_gives_the_same_records(tmp_path: Path) -> None:
    digests = set()
    for ending in ("ttl", "rdf", "jsonld"):
        with RdfPortal([{**RECORDS[0], "keywords": [], "modified": "today"}]) as portal:
            digests.add(fetched(tmp_path, portal, f"catalog.{ending}").records[0].digest)
    assert len(digests) == 1


@pytest.mark.parametrize("syntaxes", [("ttl", "rdf"), ("rdf",), ("jsonld",)])
def test_of_a_root_the_catalogue_is_looked_for(tmp_path: Path, syntaxes: tuple[str, ...]) -> None:
    with RdfPortal(RECORDS, syntaxes=syntaxes) as portal:
        run = fetched(tmp_path, portal, "")
        assert portal.paths()[-1] == f"/catalog.{syntaxes[0]}"
    assert run.verdict == (True, "", False)
    assert names(run) == ALL


def test_a_root_without_a_catalogue_fails(tmp_path: Path) -> None:
    with RdfPortal(RECORDS, syntaxes=()) as portal:
        run = fetched(tmp_path, portal, "")
    assert run.verdict == (False, "http-status", True)
    assert len(run.statement.failures) == 4


def test_ten_thousand_five_hundred_datasets_come_in_pages(tmp_path: Path) -> None:
    many = [{"id": f"https://x.example/d/{number:05d}", "title": "T"} for number in range(10_500)]
    with RdfPortal(many, size=500, form="nextPage") as portal:
        run = fetched(tmp_path, portal)
        assert len([path for path in portal.paths() if path == "/catalog.ttl"]) == 21
    assert run.verdict == (True, "", False)
    assert len(set(names(run))) == 10_500


def test_a_portal_that_calls_itself_by_another_name_is_asked_by_its_own(tmp_path: Path) -> None:
    with RdfPortal(RECORDS, size=10, host="http://ckan:5000") as portal:
        run = fetched(tmp_path, portal)
    assert run.verdict == (True, "", False)
    assert names(run) == ALL


@pytest.mark.parametrize(
    ("fault", "slug", "came"),
    [
        ({"missing": frozenset({2})}, "page-missing", 10),
        ({"loops": {1: 1}}, "page-repeated", 10),
        ({"loops": {2: 2}}, "total-not-reached", 20),
        ({"loops": {1: 1}, "total": None}, "page-repeated", 10),
        ({"loops": {2: 1}, "total": None}, "page-repeated", 20),
        ({"loops": {3: 2}, "total": None}, "page-repeated", 23),
        ({"endless": True, "total": None}, "page-repeated", 10),
        ({"endless": True, "total": 40}, "page-repeated", 10),
        ({"total": 24}, "total-not-reached", 23),
    ],
)
def test_what_is_missing_is_said_and_nothing_goes_on_for_ever(
    tmp_path: Path, fault: Any, slug: str, came: int
) -> None:
    with RdfPortal(RECORDS, size=10, **fault) as portal:
        run = fetched(tmp_path, portal)
        assert len(portal.seen) < 9
    assert run.verdict == (False, slug, False)
    assert len(run.records) == came


def test_a_last_page_that_names_itself_is_the_end_when_all_came(tmp_path: Path) -> None:
    with RdfPortal(RECORDS, size=10, loops={3: 3}) as portal:
        assert fetched(tmp_path, portal).verdict == (True, "", False)


def test_pages_that_are_always_new_and_empty_end(tmp_path: Path) -> None:
    with RdfPortal([], size=10, endless=True, total=None) as portal:
        run = fetched(tmp_path, portal)
        assert len(portal.seen) < 6
    assert run.statement.slug == "page-repeated"


def test_max_pages_holds(tmp_path: Path) -> None:
    with RdfPortal(RECORDS, size=10) as portal:
        assert fetched(tmp_path, portal, max_pages=2).statement.slug == "too-many-pages"


def test_datasets_without_an_address_are_told_apart(tmp_path: Path) -> None:
    blank = [{**record, "id": None} for record in RECORDS]
    with RdfPortal(blank, size=10) as portal:
        run = fetched(tmp_path, portal)
    assert run.verdict == (True, "", False)
    assert len(set(names(run))) == 23


def document(folder: Path, body: bytes, **headers: str) -> Fetched:
    with StaticPortal({"/c": Answer(body, headers=headers)}) as portal:
        return harvest(folder, "dcat-rdf", portal.url + "c")


@pytest.mark.parametrize(
    ("turtle", "verdict"),
    [
        ("<c> a dcat:Catalog .", (True, "", False)),
        ("<c> a dcat:Catalog ; dcat:dataset <d>, <e> .", (False, "no-dataset-list", True)),
        ("<c> a foaf:Agent .", (False, "no-dataset-list", True)),
        ("<c> a dcat:Catalog", (False, "not-rdf", True)),
    ],
)
def test_nothing_is_only_an_empty_catalogue_if_it_says_so(tmp_path: Path, turtle: str, verdict: Any) -> None:
    assert document(tmp_path, (PREFIXES + turtle).encode()).verdict == verdict


def test_a_document_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    emoji = b'<urn:a> <urn:b> "' + "\N{GRINNING FACE}".encode() + b"a" * 26_000_000 + b'" .'
    assert document(tmp_path, PREFIXES.encode() + emoji).statement.slug == "too-large"
    assert document(tmp_path, b'{"@graph": [' + b"[]," * 1_500_000 + b"[]]}").statement.slug == "too-large"
    monkeypatch.setattr(rdf_file, "TRIPLES", 3)
    monkeypatch.setattr(rdf_file, "_BATCH", 2)
    path = tmp_path / "document"
    store_utf8([b"<urn:a> <urn:b> 1, 2, 3, 4, 5 ."], path)
    with pytest.raises(FetchError, match="triples"), read_graph(path, "urn:x", "turtle"):
        pass


def test_a_page_that_cannot_be_read_loses_nothing_of_those_before(tmp_path: Path) -> None:
    first = f'{PREFIXES}<d> a dcat:Dataset ; dct:title "D" . <v> hydra:next <p2> .'
    with StaticPortal({"/c": Answer(first.encode()), "/p2": Answer(b"<d> <broken")}) as portal:
        run = harvest(tmp_path, "dcat-rdf", portal.url + "c")
    assert run.verdict == (False, "page-missing", False)
    assert len(run.records) == 1


def test_a_large_catalogue_is_read_in_the_memory_of_a_small_one(tmp_path: Path) -> None:
    """10,000 datasets of 24 triples in one document; rdflib's own store takes 400 MB for them."""
    deep = "deep " * 40
    words = ", ".join(f'"w{number}"' for number in range(20))
    sets = "".join(
        f'<https://x.example/d/{n}> a dcat:Dataset ; dct:title "Lake {n}" ; dct:description "{deep}" ; '
        f"dcat:keyword {words} ; dct:publisher <https://x.example/o> .\n"
        for n in range(10_000)
    )
    run = document(tmp_path, (PREFIXES + sets).encode())
    assert run.verdict == (True, "", False)
    assert len(run.records) == 10_000


@pytest.mark.parametrize(
    "address", ["", "catalog.ttl", "catalog.rdf?page=3", "catalog.jsonld?page=2", "dataset/lakes"]
)
def test_a_catalogue_is_found(address: str) -> None:
    with RdfPortal(RECORDS, size=10) as portal:
        found = detect(Portal("p", "", portal.url + address, allow_private=True))
        ending = address.partition("?")[0] if address.startswith("catalog") else "catalog.ttl"
        assert (found.type, found.url) == ("dcat-rdf", portal.url + ending)


def test_the_link_in_a_page_s_head_is_asked_first() -> None:
    head = '<html><head><link rel="alternate" type="text/turtle" href="/other/all?format=ttl"></head></html>'
    turtle = f'{PREFIXES}<c> a dcat:Catalog ; dct:title "C" .'.encode()
    pages = {"/": Answer(head.encode(), headers={"Content-Type": "text/html"}), "/other/all": Answer(turtle)}
    with StaticPortal(pages) as portal:
        found = detect(Portal("p", "", portal.url, allow_private=True))
        assert found.url == portal.url + "other/all?format=ttl"
        assert "/catalog.ttl" not in portal.paths()


def test_a_single_dataset_is_a_hint_and_other_answers_are_nothing() -> None:
    single = f'{PREFIXES}<d> a dcat:Dataset ; dct:title "D" .'.encode()
    with StaticPortal({"/d.ttl": Answer(single)}) as portal:
        assert detect(Portal("p", "", portal.url + "d.ttl", allow_private=True)).type == "dcat-rdf"
    wrapped = b'<csw:GetRecordsResponse xmlns:csw="x"><rdf:RDF xmlns:dcat="http://www.w3.org/ns/dcat#"><dcat:Catalog/>'
    for body in (wrapped, b"<html>http://www.w3.org/ns/dcat#Catalog", b"<rdf:RDF>", b"", b'{"dataset": []}'):
        assert find_rdf(Answered("https://x.gov/c", 200, {}, body)) is None
    with StaticPortal({"/": Answer(b"hello")}) as portal, pytest.raises(DetectionError):
        detect(Portal("p", "", portal.url, allow_private=True))


def test_the_number_of_a_page_is_left_out_of_an_address() -> None:
    assert first_page("https://x.gov/c.ttl?q=a&page=4") == "https://x.gov/c.ttl?q=a"


class RealPages(LoopbackServer):
    """Recorded pages under one address, by the number in the query."""

    def __init__(self, *pages: bytes) -> None:
        super().__init__()
        self._pages = pages

    def answer(self, handler: BaseHTTPRequestHandler, seen: Seen) -> None:
        if seen.path != "/catalog.jsonld":
            send(handler, 404, b"")
            return
        page = self._pages[int(seen.query.get("page", "1")) - 1]
        send(handler, 200, page, {"Content-Type": "application/ld+json"})


@needs_shared
@pytest.mark.parametrize("name", ["paged-collection", "partial-collection"])
def test_real_pages_are_followed(name: str, tmp_path: Path) -> None:
    pages = [open_feed(f"dcat-ap/udata/{name}-{number}.jsonld") for number in (1, 2)]
    with RealPages(*pages) as portal:
        run = harvest(tmp_path, "dcat-rdf", portal.url + "catalog.jsonld")
    assert run.verdict == (True, "", False)
    assert (len(run.records), run.statement.declared_total) == (4, 4)


@needs_shared
@pytest.mark.parametrize(
    ("name", "fetched", "publishers", "modified"),
    [
        ("dcat-ap/alessandria-it_catalog.rdf", 5, 5, 5),
        ("dcat-ap/opendata-swiss_catalog_fixture.xml", 2, 2, 0),
        ("dcat-ap/ckanext-dcat/catalog.rdf", 2, 2, 2),
        ("dcat-ap/ckanext-dcat/catalog_pod.jsonld", 1, 1, 1),
        ("dcat-ap/dcat-ap-es/v1_E_DCAT-AP-ES_Catalog_NSIP.rdf", 6, 6, 6),
        ("dcat-ap/dcat-ap-es/v1_E_DCAT-AP-ES_full_optional.rdf", 4, 4, 3),
        ("dcat-ap/fdk-norway/harvest_response_3.ttl", 2, 2, 1),
        ("dcat-ap/udata/catalog.xml", 4, 4, 4),
        ("dcat-ap/udata/evian.json", 8, 8, 8),
        ("dcat-ap/udata/flat.jsonld", 3, 3, 3),
        ("dcat-ap/udata/udata.xml", 3, 2, 2),
        ("dcat-ap/udata/datara--f40c3860-7236-4b30-a141-23b8ae33f7b2.rdf.xml", 1, 1, 1),
        ("opendatasoft/public.opendatasoft.com_catalog_2015.ttl", 186, 155, 186),
    ],
)
def test_real_catalogues_come_with_all_that_they_say(
    name: str, fetched: int, publishers: int, modified: int, tmp_path: Path
) -> None:
    run = document(tmp_path, open_feed(name))
    assert run.verdict == (True, "", False)
    assert len(run.records) == fetched
    found = [map_record("dcat-ap", record.payload).dataset for record in run.records]
    assert all(dataset.title and (dataset.landing_page or dataset.distributions) for dataset in found)
    assert sum(dataset.publisher is not None for dataset in found) == publishers
    assert sum(dataset.modified is not None for dataset in found) == modified


@needs_shared
@pytest.mark.parametrize(
    "name", ["ckanext-dcat/dataset.ttl", "fdk-norway/all_datasets.ttl", "dcat-ap-es/NTI-RISPv1_Catalog.ttl"]
)
def test_real_documents_that_are_broken_or_hold_no_dataset_fail(name: str, tmp_path: Path) -> None:
    run = document(tmp_path, open_feed(f"dcat-ap/{name}"))
    assert run.statement.failed
    assert run.statement.slug in {"not-rdf", "no-dataset-list"}
