"""A portal's token and password go to the portal alone, and stand nowhere afterwards."""

import base64
import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
import zstandard
from scrapy import Request
from scrapy.http import Response

from harvesters.credentials import hidden, spellings
from harvesters.portal import Portal
from harvesters.redirects import Redirects
from tests.conftest import Command
from tests.portals import LoopbackServer, Seen
from tests.portals.server import send

SECRET = "s3cr3t-t0ken/9"
BASIC = base64.b64encode(f"clerk:{SECRET}".encode()).decode()
ESCAPED = "s3cr3t-t0ken%2F9"
SPELLINGS = (SECRET, BASIC, ESCAPED, "s3cr3t")


class Echo(LoopbackServer):
    """Repeats what it is shown, wherever a server can; `elsewhere` is another origin it redirects to, which
    the entries open as well."""

    elsewhere = ""

    def answer(self, handler: BaseHTTPRequestHandler, seen: Seen) -> None:
        shown = seen.headers.get("X-App-Token") or seen.headers.get("Authorization") or "nothing"
        token = SECRET if BASIC in shown else shown
        way = seen.path.strip("/").partition("/")[0]
        if way == "status":
            send(handler, 403, f"No dataset for the token {shown} ({token})".encode())
        elif way == "location":
            send(handler, 302, b"", {"Location": f"/status?token={token}"})
        elif way == "no-address":
            send(handler, 302, b"", {"Location": f"http://clerk:{token}@[::1"})
        elif way == "scheme":
            send(handler, 302, b"", {"Location": f"ftp://clerk:{token}@127.0.0.1/"})
        elif way == "elsewhere":
            send(handler, 302, b"", {"Location": f"{self.elsewhere}status"})
        elif way == "page":
            page = f"<html><title>Login of {token}</title>".encode()
            send(handler, 200, page, {"Content-Type": f"text/html; for={shown}"})
        elif way == "inside":
            send(handler, 302, b"", {"Location": f"http://clerk:{token}@10.0.0.1/{token}"})
        else:
            send(handler, 500, shown.encode(), {"Retry-After": "9999"})


WAYS = ("status", "location", "no-address", "scheme", "elsewhere", "page", "inside", "broken")

AUTH = {
    "token": '{header = "X-App-Token", env = "ECHO_TOKEN"}',
    "user": '{user = "clerk", password_env = "ECHO_PASSWORD"}',
}


@contextmanager
def echoes() -> Iterator[tuple[Echo, Echo]]:
    with Echo() as portal, Echo() as other:
        portal.elsewhere = other.url
        yield portal, other


def test_after_every_kind_of_failure_the_secret_stands_nowhere(command: Command, hub_home: Path) -> None:
    environment = {"ECHO_TOKEN": SECRET, "ECHO_PASSWORD": SECRET}
    hub_home.mkdir()
    with echoes() as (portal, other):
        entries = [
            f'[[portal]]\nid = "{way}-{kind}"\ntype = "dcat-us"\nurl = "{portal.url}{way}/data.json"\n'
            f'allow_private = true\nother_url = "{other.url}"\nauth = {auth}\n'
            for number, way in enumerate(WAYS)
            for kind, auth in AUTH.items()
            if way == "elsewhere" or (number % 2 == 0) == (kind == "token")
        ]
        (hub_home / "portals.toml").write_text("\n".join(entries))
        said = [
            command("harvest", "--json", **environment),
            command("runs", "--json", **environment),
            command("runs", **environment),
            command("doctor", **environment),
            command("jobs", "--json", **environment),
            command(
                "source", "add", f"{portal.url.replace('//', f'//clerk:{ESCAPED}@')}page/", "--allow-private"
            ),
            command("source", "list", "--json"),
        ]
        asked = [seen.path for seen in portal.seen]
        assert {way for way in WAYS if f"/{way}/data.json" in asked} == set(WAYS), said[0].stderr
        shown = [seen.headers.get("X-App-Token") or seen.headers.get("Authorization") for seen in portal.seen]
        assert set(filter(None, shown)) == {SECRET, f"Basic {BASIC}"}
        assert len(other.seen) == 2
        for seen in other.seen:
            assert {"X-App-Token", "Authorization"}.isdisjoint(seen.headers)
    written = "\n".join(outcome.stdout + outcome.stderr for outcome in said)
    assert "No dataset for the token …" in written, "the rest of the portal's words is told"
    assert [spelling for spelling in SPELLINGS if spelling in written] == []
    assert [str(path) for path in hub_home.rglob("*") if path.is_file() and holds_the_secret(path)] == []


def holds_the_secret(path: Path) -> bool:
    data = path.read_bytes()
    if path.suffix in {".gz"}:
        data = gzip.decompress(data)
    elif data[:4] == b"\x28\xb5\x2f\xfd":
        data = zstandard.ZstdDecompressor().decompressobj().decompress(data)
    return any(spelling.encode() in data for spelling in SPELLINGS)


@pytest.mark.parametrize(
    ("auth", "expected"),
    [
        (None, ()),
        ({"header": "X", "env": "T"}, ("a/b c+d", "a/b%20c%2Bd", "a%2Fb%20c%2Bd")),
        ({"user": "u", "password_env": "T"}, ("dTphL2IgYytk", "a/b c+d", "a/b%20c%2Bd", "a%2Fb%20c%2Bd")),
        ({"header": "X", "env": "SHORT"}, ()),
        ({"header": "X", "env": "NOT_SET"}, ()),
    ],
)
def test_a_secret_is_known_by_each_of_its_spellings(
    auth: dict[str, str] | None, expected: tuple[str, ...]
) -> None:
    environ = {"T": "a/b c+d", "SHORT": "abc"}
    assert spellings(Portal("p", "dcat-us", "https://x.gov", auth=auth), environ) == expected


def test_a_message_keeps_all_but_the_secret() -> None:
    assert hidden("token a/b is wrong: a%2Fb", ("a/b", "a%2Fb")) == "token … is wrong: …"
    assert hidden("nothing to hide", ()) == "nothing to hide"


@pytest.mark.parametrize(
    ("asked", "location", "kept"),
    [
        ("https://portal.gov/a", "/b", True),
        ("https://portal.gov/a", "https://PORTAL.gov:443/b", True),
        ("https://portal.gov/a", "https://clerk:x@portal.gov./b", True),
        ("https://portal.gov/a", "http://portal.gov/b", False),
        ("http://portal.gov/a", "https://portal.gov/b", False),
        ("https://portal.gov/a", "https://portal.gov:8443/b", False),
        ("https://portal.gov/a", "https://www.portal.gov/b", False),
        ("https://portal.gov/a", "https://portal.gov@evil.org/b", False),
        ("https://portal.gov/a", "https://evil.org\\\\@portal.gov/b", False),
        ("https://portal.gov/a", "//evil.org/b", False),
    ],
)
def test_credentials_stay_with_the_origin_they_were_given_for(asked: str, location: str, kept: bool) -> None:
    request = Request(asked, headers={"X-App-Token": SECRET}, meta={"credentials": ("X-App-Token",)})
    again = Redirects().process_response(request, Response(asked, 302, {"Location": location}))
    assert isinstance(again, Request)
    assert ("X-App-Token" in again.headers) is kept
    assert "clerk" not in again.url


def test_credentials_do_not_come_back_on_the_way_home() -> None:
    request = Request("https://a.gov/", headers={"X": SECRET}, meta={"credentials": ("X",)})
    for location in (b"https://b.gov/", b"https://a.gov/"):
        answer = Response(request.url, 302, {"Location": location})
        again = Redirects().process_response(request, answer)
        assert isinstance(again, Request)
        request = again
    assert request.url == "https://a.gov/"
    assert "X" not in request.headers
