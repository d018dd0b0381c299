"""OAI-PMH repositories read by the real child; the answers are written after the protocol, version 2.0."""

from pathlib import Path
from typing import Any

import pytest

from harvesters.detect import detect
from harvesters.detection import Answered
from harvesters.fetch_error import FetchError
from harvesters.oai_answer import OaiError, base_url, read_list, request_url
from harvesters.portal import Portal
from harvesters.types.oai_pmh import find_oai
from mappings.schemas import map_record
from tests.harvesters.fetching import Fetched, harvest
from tests.portals import OaiPortal
from tests.portals.oai_portal import OAI, envelope, problem

GMD = "http://www.isotc211.org/2005/gmd"
ISO = (
    f'<MD_Metadata xmlns="{GMD}" xmlns:gco="http://www.isotc211.org/2005/gco"><fileIdentifier>'
    "<gco:CharacterString>file:{0}</gco:CharacterString></fileIdentifier><identificationInfo>"
    "<MD_DataIdentification><citation><CI_Citation><title><gco:CharacterString>Ponds {0}"
    "</gco:CharacterString></title></CI_Citation></citation></MD_DataIdentification></identificationInfo></MD_Metadata>"
)
ALL = [f"oai:x:{number:05d}" for number in range(23)]
RECORDS: list[tuple[str, str | None]] = [(name, f"Ponds & lakes {name}") for name in ALL]


def fetched(folder: Path, portal: OaiPortal, **entry: Any) -> Fetched:
    return harvest(folder, "oai-pmh", portal.url + "oai?verb=Identify", **entry)


def names(run: Fetched) -> list[str | None]:
    return [record.identifier for record in run.records]


def test_lists_are_followed_by_their_tokens_alone(tmp_path: Path) -> None:
    with OaiPortal(RECORDS, cap=10) as portal:
        run = fetched(tmp_path, portal)
        asked = [seen.query for seen in portal.seen if seen.path == "/oai"]
    assert run.verdict == (True, "", False)
    assert names(run) == ALL
    assert run.statement.declared_total == 23
    assert asked == [
        {"verb": "ListMetadataFormats"},
        {"verb": "ListRecords", "metadataPrefix": "oai_dc"},
        {"verb": "ListRecords", "resumptionToken": "10"},
        {"verb": "ListRecords", "resumptionToken": "20"},
    ]
    first = run.records[0]
    assert map_record(first.schema, first.payload).dataset.title == "Ponds & lakes oai:x:00000"
    assert "verb=GetRecord&metadataPrefix=oai_dc&identifier=oai%3Ax%3A00000" in str(first.url)


def test_geodata_comes_in_the_format_that_says_most(tmp_path: Path) -> None:
    records = [(name, ISO.format(name)) for name in ALL]
    with OaiPortal(records, cap=10, prefix="iso19139", namespace=GMD) as portal:
        run = fetched(tmp_path, portal)
        asked = [seen.query for seen in portal.seen if seen.path == "/oai"][1]
        plain = fetched(tmp_path, portal, options={"metadata_prefix": "oai_dc"})
    assert asked == {"verb": "ListRecords", "metadataPrefix": "iso19139"}
    assert run.verdict == (True, "", False)
    assert names(run) == [f"file:{name}" for name in ALL], (
        "a file's own identifier, as from any other service"
    )
    assert {record.schema for record in run.records} == {"iso-19115"}
    assert plain.statement.slug == "service-exception"


def test_a_repository_that_does_not_say_its_formats_is_read_as_dublin_core(tmp_path: Path) -> None:
    with OaiPortal(RECORDS, namespace="") as portal:
        run = fetched(tmp_path, portal)
    assert run.verdict == (True, "", False)
    assert {record.schema for record in run.records} == {"dublin-core"}


def test_ten_thousand_five_hundred_records_come_whatever_the_cap(tmp_path: Path) -> None:
    with OaiPortal([(f"oai:x:{number}", "Ponds") for number in range(10_500)], cap=500) as portal:
        run = fetched(tmp_path, portal)
    assert run.verdict == (True, "", False)
    assert len(set(names(run))) == 10_500
    assert run.statement.requests >= 21


def test_deleted_records_are_left_out_and_counted(tmp_path: Path) -> None:
    with OaiPortal([*RECORDS[:12], (ALL[12], None), *RECORDS[13:]], cap=10) as portal:
        run = fetched(tmp_path, portal)
    assert run.verdict == (True, "", False)
    assert names(run) == ALL[:12] + ALL[13:]
    assert "1 records are marked as deleted" in run.log


@pytest.mark.parametrize("options", [{}, {"set": "none"}])
def test_nothing_that_matches_is_success(tmp_path: Path, options: Any) -> None:
    with OaiPortal(RECORDS if options else []) as portal:
        run = fetched(tmp_path, portal, options=options)
    assert run.verdict == (True, "", False)
    assert run.records == []


def test_an_expired_token_begins_anew_once(tmp_path: Path) -> None:
    with OaiPortal(RECORDS, cap=10, expires=frozenset({3})) as portal:
        run = fetched(tmp_path, portal)
    assert run.verdict == (True, "", False)
    assert names(run) == ALL


def test_tokens_that_expire_again_end_the_run(tmp_path: Path) -> None:
    with OaiPortal(RECORDS, cap=10, expires=frozenset({2, 3})) as portal:
        run = fetched(tmp_path, portal)
    assert run.verdict == (False, "page-missing", False)
    assert "badResumptionToken" in run.statement.reason


def test_a_busy_repository_is_waited_for(tmp_path: Path) -> None:
    with OaiPortal(RECORDS, cap=10, busy=frozenset({1, 2})) as portal:
        run = fetched(tmp_path, portal)
    assert run.verdict == (True, "", False)
    assert run.statement.seconds >= 2


@pytest.mark.parametrize(
    ("fault", "slug"),
    [({"repeats": frozenset({2})}, "page-repeated"), ({"size": 40}, "total-not-reached")],
)
def test_what_is_missing_is_said(tmp_path: Path, fault: Any, slug: str) -> None:
    with OaiPortal(RECORDS, cap=10, **fault) as portal:
        run = fetched(tmp_path, portal)
    assert run.verdict == (False, slug, False)


def test_max_pages_holds(tmp_path: Path) -> None:
    with OaiPortal(RECORDS, cap=10) as portal:
        assert fetched(tmp_path, portal, max_pages=2).statement.slug == "too-many-pages"


@pytest.mark.parametrize(
    ("body", "slug"),
    [
        (b"<html><title>x</title></html>", "not-xml-html"),
        (b"<rss/>", "not-a-service"),
        (envelope("<Identify/>"), "not-a-service"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><OAI-PMH/>', "not-a-service"),
        (envelope("<ListRecords>")[:-30], "not-a-service"),
        (b"<a>" + b"<b/>" * 600_000 + b"</a>", "too-large"),
        (problem("badVerb"), "service-exception"),
    ],
)
def test_other_answers_are_refused(body: bytes, slug: str) -> None:
    with pytest.raises(FetchError) as caught:
        read_list(iter([body]), "https://x.gov/oai")
    assert caught.value.slug == slug
    assert isinstance(caught.value, OaiError) == (slug == "service-exception")


def test_an_address_keeps_what_the_repository_needs() -> None:
    assert base_url("https://x.gov/oai?page=a&verb=Identify") == "https://x.gov/oai?page=a"
    assert request_url("https://x.gov/oai", "Identify") == "https://x.gov/oai?verb=Identify"


@pytest.mark.parametrize("address", ["oai", "oai?verb=Identify", "oai?verb=ListSets", ""])
def test_a_repository_is_found(address: str) -> None:
    with OaiPortal(RECORDS) as portal:
        found = detect(Portal("p", "oai-pmh", portal.url + address, allow_private=True))
    assert (found.type, found.url) == ("oai-pmh", portal.url + "oai")


def test_other_answers_are_no_repository() -> None:
    assert find_oai(Answered("https://x.gov/oai", 200, {}, f"<html>OAI-PMH {OAI}".encode())) is None
    assert find_oai(Answered("https://x.gov/oai", 404, {}, envelope("<Identify/>"))) is None


def test_a_record_listed_twice_counts_towards_the_declared_size(tmp_path: Path) -> None:
    records = [("a", "A"), ("a", "Another A"), ("b", "B"), ("c", "C")]
    with OaiPortal(records, cap=2) as portal:
        fetched = harvest(tmp_path, "oai-pmh", f"{portal.url}oai")
    assert fetched.verdict == (True, "", False)
    assert [record.identifier for record in fetched.records] == ["a", "a", "b", "c"]
