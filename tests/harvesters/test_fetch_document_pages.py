"""DCAT-US documents in pages: named by the document, or made likely by a full one."""

import json
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from tests.harvesters.fetching import harvest
from tests.portals.server import LoopbackServer, Seen, send

JSON = {"Content-Type": "application/json", "ETag": '"one"'}


class PagedPortal(LoopbackServer):
    """`/data.json?page=` in pages of `size`, as CKAN's extension serves it (github.com/GSA/ckanext-datajson).

    `deaf` answers everything whatever page is asked for; `named` says the next page in the document, in that
    way; `past` is the status behind the last page, `broken` the page that answers 500; `leads` is where every
    next page leads.
    """

    def __init__(
        self,
        count: int,
        size: int,
        *,
        deaf: bool = False,
        named: str = "",
        past: int = 200,
        broken: int = 0,
        leads: str = "",
    ) -> None:
        super().__init__()
        self._count, self._size = count, size
        self._deaf, self._named, self._past, self._broken = deaf, named, past, broken
        self._leads = leads

    def answer(self, handler: BaseHTTPRequestHandler, seen: Seen) -> None:
        page = 1 if self._deaf else int(seen.query.get("page", "1"))
        begin = (page - 1) * self._size
        names = range(begin, min(self._count, begin + self._size))
        document: dict[str, Any] = {"conformsTo": "https://project-open-data.cio.gov/v1.1/schema"}
        document["dataset"] = [{"identifier": f"id-{n}", "title": f"Number {n}"} for n in names]
        if self._named and begin + self._size < self._count:
            following = self._leads or f"?page={page + 1}"
            view = {"@id": following} if "hydra" in self._named else following
            document |= {"view": {"hydra:next": view}} if "hydra" in self._named else {self._named: view}
        status = 500 if page == self._broken else self._past if not names and page > 1 else 200
        send(handler, status, json.dumps(document).encode(), JSON)


@pytest.mark.parametrize("named", ["next", "hydra:next"])
def test_a_named_next_page_is_followed(tmp_path: Path, named: str) -> None:
    with PagedPortal(25, 10, named=named) as portal:
        fetched = harvest(tmp_path, "dcat-us", portal.url)
        assert [seen.query.get("page") for seen in portal.seen if seen.path == "/data.json"] == [
            None,
            "2",
            "3",
        ]
    assert fetched.verdict == (True, "", False)
    assert len(fetched.records) == 25
    assert fetched.statement.validators is None, "the first page's say nothing about the others"


@pytest.mark.parametrize("past", [200, 404])
@pytest.mark.parametrize("count", [130, 150])
def test_a_full_document_is_asked_for_its_second_page(tmp_path: Path, count: int, past: int) -> None:
    with PagedPortal(count, 50, past=past) as portal:
        fetched = harvest(tmp_path, "dcat-us", f"{portal.url}data.json")
        assert len(portal.seen) == (3 if count == 130 else 4)
    assert fetched.verdict == (True, "", False)
    assert [record.identifier for record in fetched.records] == [f"id-{n}" for n in range(count)]


@pytest.mark.parametrize("way", [{"deaf": True}, {"past": 404}, {"past": 500}, {"past": 200}], ids=str)
def test_a_document_that_only_looks_like_a_page_is_whole(tmp_path: Path, way: dict[str, Any]) -> None:
    with PagedPortal(50, 50, **way) as portal:
        fetched = harvest(tmp_path, "dcat-us", portal.url)
        assert len(portal.seen) == 2
    assert fetched.verdict == (True, "", False)
    assert len(fetched.records) == 50
    validators = fetched.statement.validators
    assert validators is not None
    assert validators.url == f"{portal.url}data.json"


def test_a_document_of_another_size_is_not_asked_again(tmp_path: Path) -> None:
    with PagedPortal(49, 50) as portal:
        assert len(harvest(tmp_path, "dcat-us", portal.url).records) == 49
        assert len(portal.seen) == 1


@pytest.mark.parametrize(("size", "named"), [(50, ""), (40, "next")])
def test_a_page_that_fails_is_missing(tmp_path: Path, size: int, named: str) -> None:
    with PagedPortal(170, size, named=named, broken=3) as portal:
        fetched = harvest(tmp_path, "dcat-us", portal.url)
    assert fetched.verdict == (False, "page-missing", False)
    assert len(fetched.records) == 2 * size


def test_pages_that_lead_round_end(tmp_path: Path) -> None:
    with PagedPortal(90, 40, named="next", leads="?page=2") as portal:
        fetched = harvest(tmp_path, "dcat-us", portal.url)
        assert len(portal.seen) == 2
    assert fetched.verdict == (False, "page-repeated", False)
    assert len(fetched.records) == 80


def test_a_next_page_at_another_host_is_not_followed(tmp_path: Path) -> None:
    with PagedPortal(90, 40, named="next", leads="https://elsewhere.gov/data.json?page=2") as portal:
        fetched = harvest(tmp_path, "dcat-us", portal.url)
    assert fetched.verdict == (False, "page-missing", False)
    assert len(fetched.records) == 40
