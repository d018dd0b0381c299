"""Catalogue services read by the real child."""

from pathlib import Path
from typing import Any

import pytest

from harvesters.csw_answer import CSW, GMD, MDB, TooLarge, endpoint, key_values, read_page, read_root
from harvesters.csw_pages import CswPages
from harvesters.detect import detect
from harvesters.detection import Answered
from harvesters.fetch_error import FetchError
from harvesters.portal import Portal
from harvesters.types.csw import find_csw
from mappings.schemas import map_record
from tests.harvesters.fetching import Fetched, harvest
from tests.harvesters.test_fetch_waf import iso
from tests.portals import Answer, CswPortal, StaticPortal
from tests.shared_data import needs_shared, open_feed

RECORDS = [iso(f"r-{number:05d}", f"Roads {number}") for number in range(23)]
ALL = [f"r-{number:05d}" for number in range(23)]


def dublin(identifier: str) -> bytes:
    """A `csw:Record` as pycsw writes it."""
    return (
        f'<csw:Record xmlns:csw="{CSW}" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:identifier>{identifier}</dc:identifier><dc:title>Roads</dc:title></csw:Record>"
    ).encode()


def fetched(folder: Path, portal: CswPortal, **entry: Any) -> Fetched:
    return harvest(folder, "csw", portal.url + "csw?request=GetCapabilities&service=CSW", **entry)


def names(run: Fetched) -> list[str | None]:
    return [record.identifier for record in run.records]


@pytest.mark.parametrize("says", ["0", "24", "1", None], ids=["zero", "beyond", "back", "never"])
def test_pages_are_followed_to_each_kind_of_end(tmp_path: Path, says: str | None) -> None:
    with CswPortal(RECORDS, cap=10, says=says) as portal:
        run = fetched(tmp_path, portal)
        assert portal.starts == [1, 11, 21]
    assert run.verdict == (True, "", False)
    assert names(run) == ALL
    assert run.statement.declared_total == 23
    assert {record.schema for record in run.records} == {"iso-19115"}
    assert str(run.records[0].url).startswith(portal.url + "csw?service=CSW&version=2.0.2")
    assert map_record("iso-19115", run.records[3].payload).dataset.title == "Roads 3"


def test_ten_thousand_five_hundred_records_come_whatever_the_cap(tmp_path: Path) -> None:
    many = [iso(f"r-{number:05d}") for number in range(10_500)]
    with CswPortal(many, cap=500) as portal:
        run = fetched(tmp_path, portal, options={"page_size": 1_000})
        assert len(portal.starts) == 21
    assert run.verdict == (True, "", False)
    assert len(set(names(run))) == 10_500


@pytest.mark.parametrize("sorts", [True, False])
def test_dublin_core_is_read_where_iso_is_not_offered(tmp_path: Path, sorts: bool) -> None:
    with CswPortal([dublin("a"), dublin("b")], schemas=frozenset({CSW}), sorts=sorts) as portal:
        run = fetched(tmp_path, portal)
    assert run.verdict == (True, "", False)
    assert [(record.identifier, record.schema) for record in run.records] == [
        ("a", "dublin-core"),
        ("b", "dublin-core"),
    ]


@pytest.mark.parametrize("schema", [GMD, MDB])
def test_the_first_schema_that_is_not_refused_is_taken(tmp_path: Path, schema: str) -> None:
    with CswPortal(RECORDS, schemas=frozenset({schema}), sorts=False) as portal:
        run = fetched(tmp_path, portal)
    assert names(run) == ALL


def test_a_service_that_refuses_everything_is_quoted(tmp_path: Path) -> None:
    with CswPortal(RECORDS, schemas=frozenset()) as portal:
        run = fetched(tmp_path, portal)
    assert run.verdict == (False, "service-exception", True)
    assert "InvalidParameterValue outputSchema" in run.statement.reason


@pytest.mark.parametrize(
    ("fault", "slug"),
    [
        ({"missing": frozenset(range(2, 9))}, "page-missing"),
        ({"repeated": frozenset({2})}, "page-repeated"),
        ({"total": 40}, "total-not-reached"),
    ],
)
def test_what_is_missing_is_said(tmp_path: Path, fault: Any, slug: str) -> None:
    with CswPortal(RECORDS, cap=10, **fault) as portal:
        run = fetched(tmp_path, portal)
    assert run.verdict == (False, slug, False)
    assert len(run.records) >= 10


def test_max_pages_holds(tmp_path: Path) -> None:
    with CswPortal(RECORDS, cap=10) as portal:
        assert fetched(tmp_path, portal, max_pages=2).statement.slug == "too-many-pages"


def test_a_record_deleted_meanwhile_hides_none(tmp_path: Path) -> None:
    with CswPortal(RECORDS, cap=10) as portal:
        portal.deleted_before[2] = 3
        run = fetched(tmp_path, portal)
    assert run.verdict == (True, "", False)
    assert sorted(map(str, names(run))) == ALL


def test_an_empty_service_is_complete(tmp_path: Path) -> None:
    with CswPortal([]) as portal:
        assert fetched(tmp_path, portal).verdict == (True, "", False)


def test_odd_records_are_quarantined_and_the_others_stay(tmp_path: Path) -> None:
    odd = [b"<rdf/>", iso(""), *RECORDS]
    with CswPortal(odd) as portal:
        run = fetched(tmp_path, portal)
    assert [record.trouble.slug for record in run.records if record.trouble] == [
        "unknown-xml",
        "missing-identifier",
    ]
    assert names(run)[2:] == ALL


@pytest.mark.parametrize("size", [0, 1_001, "all", True])
def test_a_page_size_has_limits(tmp_path: Path, size: Any) -> None:
    run = harvest(tmp_path, "csw", "http://127.0.0.1:9/csw", options={"page_size": size})
    assert run.statement.slug == "bad-option"


DTD = b'<!DOCTYPE x [<!ENTITY a "b">]><csw:GetRecordsResponse/>'


@pytest.mark.parametrize(
    ("body", "slug"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><html><title>x</title></html>", "not-xml-html"),
        (b"{}", "not-a-service"),
        (b"<feed/>", "not-a-service"),
        (b"<a><b></a>", "not-a-service"),
        (DTD, "not-a-service"),
    ],
)
def test_other_answers_are_refused(body: bytes, slug: str) -> None:
    with pytest.raises(FetchError) as caught:
        read_page(iter([body]), "https://x.gov/csw")
    assert caught.value.slug == slug


def test_a_page_that_is_too_large_is_asked_for_by_halves(tmp_path: Path) -> None:
    with pytest.raises(TooLarge):
        read_root(iter([b"<a>" + b"<b/>" * 600_000 + b"</a>"]), "https://x.gov/csw")
    padding = b"<!--" + b"x" * 6_000_000 + b"-->"
    big = [record.replace(b"</MD_Metadata>", padding + b"</MD_Metadata>") for record in RECORDS[:5]]
    with CswPortal(big) as portal:
        run = fetched(tmp_path, portal, options={"page_size": 4})
        assert portal.starts == [1, 1, 3, 3, 5] or portal.starts[0] == portal.starts[1] == 1
    assert run.verdict == (True, "", False)
    assert names(run) == ALL[:5]


def test_an_address_keeps_what_the_service_needs() -> None:
    assert (
        endpoint("https://x.gov/cgi?map=a&REQUEST=GetCapabilities&service=CSW") == "https://x.gov/cgi?map=a"
    )
    assert key_values("https://x.gov/csw", id="a b") == "https://x.gov/csw?service=CSW&id=a+b"


def test_pages_without_a_total_end_with_an_empty_one() -> None:
    pages = CswPages()
    assert pages.take(["a", "b"], None, None)
    assert pages.start == 3
    assert not pages.take([], None, None)
    assert not pages.is_short()


@pytest.mark.parametrize("following", [1, 3, None])
def test_a_next_record_that_leads_back_is_not_believed_before_everything_came(following: int | None) -> None:
    pages = CswPages(start=3)
    assert pages.take(["a", "b"], following, 6)
    assert pages.start == 5


def test_a_total_below_what_came_is_not_believed() -> None:
    pages = CswPages()
    assert pages.take(["a", "b"], 3, 1)
    assert pages.take(["c"], 4, 1)
    assert not pages.take([], None, 1)
    assert not pages.is_short()


@pytest.mark.parametrize("address", ["csw", "csw?service=CSW&request=GetCapabilities", ""])
def test_a_service_is_found(address: str) -> None:
    with CswPortal(RECORDS) as portal:
        found = detect(Portal("p", "csw", portal.url + address, allow_private=True))
    assert (found.type, found.url) == ("csw", portal.url + "csw")


def test_other_answers_are_no_service() -> None:
    assert find_csw(Answered("https://x.gov/csw", 200, {}, b"<html>CSW</html>")) is None
    assert find_csw(Answered("https://x.gov/csw", 404, {}, f'<Capabilities xmlns="{CSW}"/>'.encode())) is None


FILES = {
    "csw/geodatagov/sample3_getrecords2.xml": None,
    "csw/pycsw/apiso_GetRecords-all.xml": (18, 6, 5),
    "csw/udata/geonetwork-iso19139-page-1.xml": (6, 3, 2),
    "csw/udata/geonetwork-iso19139-page-3.xml": (6, 5, 2),
    "csw/udata/geoplateforme-iso19139-IGNF_RPG.xml": (1, 0, 1),
}


@needs_shared
@pytest.mark.parametrize("name", FILES)
def test_real_answers_are_read(name: str, tmp_path: Path) -> None:
    body = open_feed(name)
    page = read_page(iter([body]), "https://x.gov/csw")
    assert page.records
    if FILES[name]:
        assert (page.matched, page.following, len(page.records)) == FILES[name]
    for schema, element in page.records:
        assert element.trouble is None
        assert map_record(schema, element.raw).dataset.title
    with StaticPortal({"/csw": Answer(body)}) as portal:
        run = harvest(tmp_path, "csw", portal.url + "csw")
    assert len(run.records) == len(page.records)
    assert all(record.trouble is None for record in run.records)
