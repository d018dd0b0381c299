"""The published limits are the real ones: docs/api.md, OpenAPI and the answers say the same."""

import re
from urllib.parse import quote

import pytest

from hubsearch.serving import server_options
from hubsearch.settings import read_settings
from index.query import model
from search_api import bounds, connection, deadline, params
from search_api.routers.feeds import TAKEN_WITHIN
from search_api.threads import FEEDS, OPEN_FEEDS, SEARCHES
from tests.conftest import ROOT
from tests.search_api.browser import TestClient


def published() -> dict[str, tuple[int, str]]:
    """What docs/api.md says: what → limit, answer beyond."""
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    section = text.partition("## Limits\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (.+?) \| ([\d,]+) \| (.+?) \|$", section, re.MULTILINE)
    return {what: (int(limit.replace(",", "")), beyond) for what, limit, beyond in rows}


def test_every_published_limit_is_the_one_in_the_code() -> None:
    assert {what: limit for what, (limit, _) in published().items()} == {
        "characters of `q`": model.MAX_QUERY_CHARACTERS,
        "words of `q`, those of phrases and filters in it counted": model.MAX_TERMS,
        "phrases of `q`: in quotation marks, or words of several parts (covid-19)": model.MAX_PHRASES,
        "`limit`": model.MAX_LIMIT,
        "`page` × `limit`": model.MAX_WINDOW,
        "`facet_limit`": model.MAX_FACET_LIMIT,
        "values selected in one facet": model.MAX_FILTER_VALUES,
        "characters of a value": params.MAX_VALUE_CHARACTERS,
        "parameters of an address": params.MAX_FIELDS,
        "KB of address and headers together": bounds.REQUEST_BYTES // 1024,
        "KB of a request's body, which nothing here reads": bounds.BODY_BYTES // 1024,
        "seconds until a request has come whole": connection.REQUEST_SECONDS,
        "seconds until a client takes more of its answer": connection.TAKING_SECONDS,
        "seconds until an answer begins": deadline.SECONDS,
        "searches waiting for their turn, of one process": SEARCHES.in_line,
        "narrowed feeds waiting for their turn, of one process": FEEDS.in_line,
        "narrowed feeds being built or sent, of one process": OPEN_FEEDS,
        "seconds until a client has taken a narrowed feed": TAKEN_WITHIN,
        "connections of one process": connection.CONNECTIONS,
    }


def words(number: int) -> str:
    return "+".join(f"w{n}" for n in range(number))


def phrases(number: int) -> str:
    """One of them excluded, one repeated, and one of a single word, which is none."""
    parts = "+".join(f"covid-{n}" for n in range(number - 2))
    return f"covid-0+%22one%22+-%22air+quality%22+%22water+quality%22+{parts}"


def keywords(number: int) -> str:
    return "&".join(f"keyword=k{n}" for n in range(number))


AT_AND_BEYOND = {
    "characters of `q`": ("q=" + "(" * 512, "q=" + "(" * 513),
    "words of `q`, those of phrases and filters in it counted": (
        f"q=%22{words(30)}%22+format:csv+-a",
        f"q=%22{words(31)}%22+format:csv+-a",
    ),
    "phrases of `q`: in quotation marks, or words of several parts (covid-19)": (
        f"q={phrases(8)}",
        f"q={phrases(9)}",
    ),
    "`limit`": ("limit=100", "limit=101"),
    "`page` × `limit`": ("page=100&limit=100", "page=101&limit=100"),
    "`facet_limit`": ("facet_limit=100", "facet_limit=101"),
    "values selected in one facet": (keywords(100), keywords(101)),
    "characters of a value": ("keyword=" + "k" * 300, "keyword=" + "k" * 301),
    "parameters of an address": ("a=1&" * 299 + "a=1", "a=1&" * 300 + "a=1"),
}


@pytest.mark.parametrize("what", AT_AND_BEYOND)
@pytest.mark.parametrize("path", ["/search.json", "/api/v1/search", "/api/v1/facets", "/search"])
def test_at_a_limit_it_is_answered_and_beyond_it_refused_with_a_reason(
    client: TestClient, path: str, what: str
) -> None:
    at, beyond = AT_AND_BEYOND[what]
    assert client.get(f"{path}?{at}").status_code in {200, 308}
    refused = client.get(f"{path}?{beyond}")
    assert str(refused.status_code) == published()[what][1]
    limit = f"{published()[what][0]:,}"
    assert limit in refused.text or limit.replace(",", "") in refused.text


def test_a_large_request_is_refused_in_the_callers_form(client: TestClient) -> None:
    large = {"X-Large": "x" * bounds.REQUEST_BYTES}
    for refused, said in (
        (client.get("/search.json", headers=large), published()["KB of address and headers together"][1]),
        (client.post("/search.json", content=b"x" * (bounds.BODY_BYTES + 1)), "413"),
    ):
        assert str(refused.status_code) == said
        assert "64 KB" in refused.json()["detail"]
        assert refused.headers["connection"] == "close"
    assert "<h1>That request is too large</h1>" in client.get("/search", headers=large).text


@pytest.mark.parametrize(
    "number", ["1e3", "0x10", "1.5", "-1", "%2B5", quote("１２"), "NaN", "1_0", "9" * 400, "1%00"]
)
@pytest.mark.parametrize("name", ["limit", "page", "facet_limit"])
def test_numbers_are_plain_digits(client: TestClient, name: str, number: str) -> None:
    answer = client.get(f"/search.json?{name}={number}")
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith(f"{name}: ")
    assert len(answer.json()["detail"]) < 200


def test_openapi_says_the_limits(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    given = {one["name"]: one["schema"] for one in described["paths"]["/api/v1/search"]["get"]["parameters"]}
    assert given["q"]["maxLength"] == model.MAX_QUERY_CHARACTERS
    assert given["limit"]["maximum"] == model.MAX_LIMIT
    assert given["page"]["maximum"] == model.MAX_WINDOW
    assert given["facet_limit"]["maximum"] == model.MAX_FACET_LIMIT
    assert given["keyword"]["maxItems"] == model.MAX_FILTER_VALUES
    assert given["keyword"]["items"]["maxLength"] == params.MAX_VALUE_CHARACTERS
    for what in ("512 characters", "32 words", "8 phrases", "300 parameters", "10,000", "64 KB"):
        assert what in described["info"]["description"]


def test_the_server_is_given_the_limits() -> None:
    options = server_options(read_settings({}), "127.0.0.1", 8000)
    assert options["http"] is connection.Connection
    assert options["h11_max_incomplete_event_size"] == bounds.REQUEST_BYTES
    assert options["access_log"] is False
