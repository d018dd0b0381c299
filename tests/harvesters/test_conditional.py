"""A document is asked for only if it has changed, and only a portal that was asked so is believed."""

from pathlib import Path

import pytest
from scrapy.http import Response

from harvesters.conditional import validators_of
from mappings.source_record import Validators
from tests.harvesters.fetching import Fetched, harvest
from tests.harvesters.validating_portal import LONG_AGO, ValidatingPortal

DOCUMENT = b'{"dataset":[{"identifier":"a","title":"A"}]}'


def twice(folder: Path, portal: ValidatingPortal, path: str = "") -> tuple[Fetched, Fetched]:
    """A fetch, and one that knows what the first got."""
    first = harvest(folder, "dcat-us", portal.url + path)
    return first, harvest(folder, "dcat-us", portal.url + path, known=first.statement.validators)


@pytest.mark.parametrize(
    "headers",
    [
        {"ETag": '"v1"'},
        {"ETag": 'W/"1"', "Last_Modified": LONG_AGO},
    ],
)
def test_a_document_that_has_not_changed_costs_one_answer_without_a_body(
    tmp_path: Path, headers: dict[str, str]
) -> None:
    with ValidatingPortal(DOCUMENT, **headers) as portal:
        first, second = twice(tmp_path, portal)
        assert portal.conditions()[0] == {}
    assert first.verdict == (True, "", False)
    assert second.verdict == (True, "not-modified", False)
    assert (second.statement.requests, second.statement.bytes, second.records) == (1, 0, [])


def test_a_document_that_has_changed_is_read(tmp_path: Path) -> None:
    with ValidatingPortal(DOCUMENT, ETag='"v1"') as portal:
        first = harvest(tmp_path, "dcat-us", portal.url)
        portal.headers["ETag"] = '"v2"'
        second = harvest(tmp_path, "dcat-us", portal.url, known=first.statement.validators)
        assert second.statement.validators == Validators(f"{portal.url}data.json", '"v2"')
    assert (second.verdict, len(second.records)) == ((True, "", False), 1)


def test_a_redirect_is_followed_and_the_last_address_asked(tmp_path: Path) -> None:
    with ValidatingPortal(DOCUMENT, ETag='"v1"') as portal:
        portal.moved = "/there"
        _, second = twice(tmp_path, portal)
        assert portal.conditions() == [{}, {}, {}, {"If-None-Match": '"v1"'}]
    assert second.verdict == (True, "not-modified", False)


def test_validators_are_not_sent_to_another_place_than_they_came_from(tmp_path: Path) -> None:
    with ValidatingPortal(DOCUMENT, ETag='"v1"') as portal:
        portal.moved = "/there"
        first = harvest(tmp_path, "dcat-us", portal.url)
        portal.moved = "/elsewhere"
        second = harvest(tmp_path, "dcat-us", portal.url, known=first.statement.validators)
        assert portal.conditions() == [{}] * 4
    assert second.verdict == (True, "", False)


def test_a_304_that_nobody_asked_for_is_a_failure(tmp_path: Path) -> None:
    with ValidatingPortal(DOCUMENT, ETag='"v1"') as portal:
        portal.unasked = True
        fetched = harvest(tmp_path, "dcat-us", portal.url)
    assert fetched.verdict == (False, "http-status", True)
    assert "304" in fetched.statement.reason


def test_a_304_with_a_body_is_a_304(tmp_path: Path) -> None:
    with ValidatingPortal(DOCUMENT, ETag='"v1"') as portal:
        portal.late_body = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}" * 1_000
        _, second = twice(tmp_path, portal)
    assert second.verdict == (True, "not-modified", False)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"ETag": "*"},
        {"ETag": "v1"},
        {"ETag": '"a", "b"'},
        {"ETag": '"' + "x" * 2_000 + '"'},
        {"ETag": '"a\x01b"'},
        {"ETag": '"caf\xe9"'},
        {"Last-Modified": "yesterday"},
        {"Last-Modified": "Thu, 01 Jan 2099 00:00:00 GMT"},
        {"Last-Modified": "Thu, 01 Jan 2026 00:00:00 +99999999999999999999"},
        {"Last-Modified": LONG_AGO, "Date": LONG_AGO},
    ],
)
def test_what_cannot_be_relied_on_is_not_kept(headers: dict[str, str]) -> None:
    assert validators_of(Response("http://x.example/data.json", headers=headers)) is None


def test_a_document_that_was_not_whole_leaves_no_validators(tmp_path: Path) -> None:
    with ValidatingPortal(DOCUMENT[:-5], ETag='"v1"') as portal:
        fetched = harvest(tmp_path, "dcat-us", portal.url)
    assert fetched.statement.validators is None
