"""`/data.json`: the published file with validators, narrowed feeds, and never an empty list."""

import gzip
import json
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest

from dcat.publish import gzip_path
from dcat.validate import validate_dcat_us_1_1
from index.query.model import SearchRequest
from search_api.hub import Hub
from search_api.narrowing import narrowed_ids
from tests.search_api import hubs
from tests.search_api.browser import TestClient
from tests.search_api.hubs import NOW, client_of
from tests.search_api.test_dataset_page import TOWN

PLAIN = {"Accept-Encoding": "identity"}


def feed_file(hub: Hub) -> Path:
    return hub.feeds_dir / "data.json"


def test_the_whole_feed_is_the_published_file(client: TestClient, hub: Hub) -> None:
    answer = client.get("/data.json", headers=PLAIN)
    assert answer.content == feed_file(hub).read_bytes()
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["content-length"] == str(len(answer.content))
    assert answer.json()["@id"] == "https://hub.example/data.json"


def test_the_whole_feed_has_no_error_in_data_govs_validator(client: TestClient) -> None:
    assert list(validate_dcat_us_1_1(BytesIO(client.get("/data.json").content))) == []


def test_the_compressed_copy_is_sent_as_it_lies_there(client: TestClient, hub: Hub) -> None:
    with client.stream("GET", "/data.json") as answer:
        sent = b"".join(answer.iter_raw())
    assert answer.headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["vary"]
    assert sent == gzip_path(feed_file(hub)).read_bytes()
    assert gzip.decompress(sent) == feed_file(hub).read_bytes()


def test_a_compressed_copy_of_another_version_is_not_sent(small: Hub) -> None:
    hubs.bring_in(small.store, TOWN, [hubs.published("a")])
    hubs.settle(small)
    gzip_path(feed_file(small)).write_bytes(gzip.compress(b"an older one"))
    assert client_of(small).get("/data.json").json()["dataset"][0]["identifier"] == "a"


@pytest.mark.parametrize("headers", [{}, PLAIN])
def test_a_caller_who_has_this_version_gets_304(client: TestClient, headers: dict[str, str]) -> None:
    first = client.get("/data.json", headers=headers)
    tag, changed = first.headers["etag"], first.headers["last-modified"]
    for condition in (
        {"If-None-Match": tag},
        {"If-None-Match": f'"other", W/{tag}'},
        {"If-None-Match": "*"},
        {"If-Modified-Since": changed},
    ):
        again = client.get("/data.json", headers=headers | condition)
        assert again.status_code == 304, condition
        assert again.content == b""
        assert again.headers["etag"] == tag


def test_a_caller_who_has_another_version_gets_this_one(client: TestClient) -> None:
    changed = client.get("/data.json").headers["last-modified"]
    for condition in (
        {"If-None-Match": '"other"'},
        {"If-None-Match": '"other"', "If-Modified-Since": changed},
        {"If-Modified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"},
        {"If-Modified-Since": "yesterday"},
    ):
        assert client.get("/data.json", headers=condition).status_code == 200, condition


@pytest.mark.parametrize("path", ["/data.json", "/data.json?source=opm"])
def test_head_gives_the_headers_alone(client: TestClient, path: str) -> None:
    answer = client.head(path)
    assert answer.status_code == 200
    assert answer.content == b""
    assert answer.headers["content-type"] == "application/json"


def test_the_tag_changes_with_the_content(small: Hub) -> None:
    client = client_of(small)
    tags = set()
    for records in ([hubs.published("a")], [hubs.published("a"), hubs.published("b")]):
        hubs.bring_in(small.store, TOWN, records)
        hubs.settle(small)
        tags.add(client.get("/data.json").headers["etag"])
    assert len(tags) == 2


def test_a_narrowed_feed_holds_what_the_search_finds(client: TestClient) -> None:
    answer = client.get("/data.json?q=retirement&source=opm&match=all")
    feed = answer.json()
    total = client.get("/search.json?q=retirement&source=opm&match=all").json()["total"]
    assert len(feed["dataset"]) == total > 0
    assert feed["@id"] == "https://hub.example/data.json?match=all&q=retirement&source=opm"
    assert list(validate_dcat_us_1_1(BytesIO(answer.content))) == []


def test_a_narrowed_feed_takes_parameters_in_any_order_and_skips_paging(client: TestClient) -> None:
    one = client.get("/data.json?source=opm&source=cms")
    other = client.get("/data.json?page=3&sort=title&source=cms&limit=1&source=OPM")
    assert one.content == other.content
    assert len(one.json()["dataset"]) == 134 + 139


def test_the_entries_of_a_narrowed_feed_are_those_of_the_whole(client: TestClient) -> None:
    whole = {entry["identifier"]: entry for entry in client.get("/data.json").json()["dataset"]}
    narrowed = client.get("/data.json?source=opm").json()["dataset"]
    assert all(whole[entry["identifier"]] == entry for entry in narrowed)


def test_paging_alone_narrows_nothing(client: TestClient, hub: Hub) -> None:
    assert client.get("/data.json?page=2&sort=title", headers=PLAIN).content == feed_file(hub).read_bytes()


@pytest.mark.parametrize(
    "query", ["publisher=nobody", "q=zzyzx", "source=opm&publisher=nobody", "source=cms&q=zzyzx"]
)
def test_a_feed_narrowed_to_nothing_is_404_with_the_reason(client: TestClient, query: str) -> None:
    for answer in (client.get(f"/data.json?{query}"), client.head(f"/data.json?{query}")):
        assert answer.status_code == 404
    assert "Nothing matches" in client.get(f"/data.json?{query}").json()["detail"]


def test_a_misspelt_agency_never_gets_the_feed_of_all(hub: Hub) -> None:
    """A search leaves an unknown value out; a feed that did would hand data.gov everybody's datasets."""
    request = SearchRequest(now=NOW, filters={"publisher": ("misspelt",)})
    assert hub.search.search(request).total == 415
    assert list(narrowed_ids(hub.store, hub.engine, request)) == []


def test_a_feed_of_records_that_all_lack_something_says_what(client: TestClient) -> None:
    answer = client.get("/data.json?source=sf")
    assert answer.status_code == 404
    assert "142 datasets match, but none" in answer.json()["detail"]
    assert "missing-contact (142)" in answer.json()["detail"]


def test_a_hub_without_a_feed_says_why(small: Hub) -> None:
    answer = client_of(small).get("/data.json")
    assert answer.status_code == 404
    assert "No feed has been published yet" in answer.json()["detail"]


def test_narrowing_goes_beyond_the_pages_of_a_search(hub: Hub) -> None:
    ids = list(narrowed_ids(hub.store, hub.engine, SearchRequest(now=NOW, q="-zzyzx", limit=1)))
    assert len(ids) == len(set(ids)) == 415


def test_the_feed_is_json_with_one_dataset_a_line(client: TestClient) -> None:
    lines = client.get("/data.json").text.splitlines()
    assert all(json.loads(line.rstrip(","))["@type"] == "dcat:Dataset" for line in lines[1:-1])


def test_a_long_description_that_is_valid_goes_out_to_the_letter(small: Hub) -> None:
    text = "<p>Each  station, <b>hourly</b>.</p>\n" * 200
    assert 2_000 < len(text) < 10_000
    hubs.bring_in(small.store, TOWN, [hubs.published("a", description=text)])
    hubs.settle(small)
    for address in ("/data.json", "/data.json?source=town"):
        (entry,) = client_of(small).get(address).json()["dataset"]
        assert entry["description"] == text


def test_long_keyword_lists_go_out_to_the_letter(small: Hub) -> None:
    words = [f"Keyword  {n}" for n in range(400)]
    hubs.bring_in(small.store, TOWN, [hubs.published("a", keyword=words)])
    hubs.settle(small)
    (entry,) = client_of(small).get("/data.json").json()["dataset"]
    assert set(entry["keyword"]) == set(words)


def test_readers_get_whole_versions_while_new_ones_are_published(small: Hub) -> None:
    client = client_of(small)
    records = [hubs.published(f"r{n}") for n in range(40)]
    hubs.bring_in(small.store, TOWN, records[:20])
    hubs.settle(small)
    seen: dict[str, set[bytes]] = {}

    def read() -> None:
        for n in range(60):
            answer = client.get("/data.json", headers=PLAIN if n % 2 else {})
            assert answer.status_code == 200
            seen.setdefault(answer.headers["etag"].removesuffix('-gz"').strip('"'), set()).add(answer.content)

    with ThreadPoolExecutor(2) as pool:
        reading = [pool.submit(read), pool.submit(read)]
        for count in range(21, 36):
            hubs.bring_in(small.store, TOWN, records[:count])
            hubs.settle(small)
        for one in reading:
            one.result()
    assert all(len(contents) == 1 for contents in seen.values()), "one tag, one content"
    assert all(json.loads(content)["dataset"] for contents in seen.values() for content in contents)
