"""Finding out a portal's type: what is recognised, and what is said when nothing is."""

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from harvesters.detect import Detected, DetectionError, detect
from harvesters.detection import Answered
from harvesters.host_locks import lock_path, try_lock
from harvesters.portal import Portal
from harvesters.types.arcgis_hub import find_hub_catalog
from harvesters.types.ckan import find_ckan_names, find_ckan_status
from harvesters.types.dcat_us import find_dcat_us
from harvesters.types.socrata import find_socrata_catalog, find_socrata_metadata
from harvesters.types.waf import find_waf
from tests.portals import Answer, CkanPortal, SocrataPortal, StaticPortal, WafPortal
from tests.shared_data import load_lines, needs_shared, open_feed

CATALOGUE = Answer(b'{"dataset":[{"identifier":"a","title":"A","modified":"2024-01-01"}]}')
PAGE = Answer(b"<html><title>Open data</title>", headers={"Content-Type": "text/html; charset=utf-8"})


def entry(url: str, **keys: Any) -> Portal:
    """An entry whose type is not known yet."""
    return Portal("p", "", url, **{"allow_private": True, **keys})


def answered(body: bytes, status: int = 200, **headers: str) -> Answered:
    return Answered("https://x.gov/data.json", status, headers, body)


@needs_shared
@pytest.mark.parametrize(
    "feed",
    [
        "dcat-us/federal-2025/cms.data.json",
        "dcat-us/federal-2019/exim.data.json",
        "arcgis-hub/latest/04c-01_district-of-columbia_20201118.data.json",
        "socrata-datajson/2013/data.cityofboston.gov.data.json",
    ],
)
def test_the_beginning_of_a_real_feed_is_enough(feed: str) -> None:
    found = find_dcat_us(answered(open_feed(feed)[:65_536]))
    assert found is not None
    assert found.type == "dcat-us"


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b"[]",
        b'[{"name":"a","id":1}]',
        b'{"dataset":[]}',
        b'{"dataset":"x","title":"y"}',
        b'{"results":[]}',
        b"",
    ],
)
def test_other_answers_are_no_dcat_us(body: bytes) -> None:
    assert find_dcat_us(answered(body)) is None
    assert find_dcat_us(answered(b'{"dataset":[{"title":"x"}]}', status=404)) is None


def test_a_catalogue_answer_needs_its_results_and_their_number() -> None:
    assert find_socrata_catalog(answered(b'{"results":[],"resultSetSize":0}')) is not None
    assert find_socrata_catalog(answered(b'{"results":[]}')) is None
    assert find_socrata_metadata(answered(b"{}", 403, **{"x-socrata-requestid": "a"})) is not None
    assert find_socrata_metadata(answered(b"{}", 403)) is None


@needs_shared
def test_a_socrata_portal_is_found_by_its_catalogue() -> None:
    with SocrataPortal(load_lines("socrata-discovery/data.ct.gov.jsonl")) as portal:
        found = detect(entry(portal.url + "browse?q=x"))
    assert (found.type, found.url) == ("socrata", portal.url)


@pytest.mark.parametrize("style", ["apache", "nginx", "iis"])
def test_a_folder_is_found_by_its_index_page(style: str) -> None:
    with WafPortal(
        {"iso/a.xml": b"<a/>", "iso/b.XML": b"<a/>", "iso/old/c.xml": b"<a/>"}, style=style
    ) as portal:
        found = detect(entry(portal.url + "iso"))
    assert (found.type, found.url) == ("waf", portal.url + "iso/")
    assert "2 XML files" in found.evidence[0]


def test_a_folder_of_folders_is_found_by_what_lies_in_them() -> None:
    with WafPortal({"towns/acton/roads.xml": b"<a/>", "towns/bedford/roads.xml": b"<a/>"}) as portal:
        found = detect(entry(portal.url + "towns/"))
    assert (found.type, found.url) == ("waf", portal.url + "towns/")
    assert found.keys == {"schedule": "weekly"}


@pytest.mark.parametrize(
    "body",
    [
        b'<html><a href="sitemap.xml">map</a><a href="about">x</a><a href="help.html">x</a></html>',
        b'<html><title>Index of /</title><a href="a.csv">x</a></html>',
        b"<rss/>",
    ],
)
def test_other_pages_are_no_folder(body: bytes) -> None:
    assert find_waf(answered(body)) is None


@needs_shared
def test_a_document_is_found_below_a_page() -> None:
    feed = Answer(open_feed("dcat-us/federal-2019/exim.data.json"))
    with StaticPortal({"/": PAGE, "/data.json": feed}) as portal:
        found = detect(entry(portal.url))
        assert found == Detected("dcat-us", f"{portal.url}data.json", found.evidence, found.records)
        assert 0 < (found.records or 0) <= 36, "what the beginning shows, never more than there is"
        assert "conformsTo" in found.evidence[0]
        assert portal.paths() == [
            "/robots.txt",
            "/",
            "/api/catalog/v1",
            "/api/views/metadata/v1",
            "/search",
            "/api/search/v1/catalog",
            "/api/feed/dcat-us/1.1.json",
            "/api/explore/v2.1/catalog/datasets",
            "/api/3/action/status_show",
            "/api/3/action/package_list",
            "/data.json",
        ]


@pytest.mark.parametrize("page", ["", "dataset/roads-1", "en/group/transport?q=x", "api/3"])
@pytest.mark.parametrize("base", ["", "open/data"])
@pytest.mark.parametrize("dkan", [False, True])
def test_a_ckan_portal_is_found_from_any_of_its_pages(page: str, base: str, dkan: bool) -> None:
    packages = [{"id": "1", "name": "roads-1", "title": "Roads"}]
    with CkanPortal(packages, base=base, dkan=dkan) as portal:
        found = detect(entry(portal.root + page))
        assert (found.type, found.url) == ("ckan", portal.root)
    assert ("2.10.4" in found.evidence[0]) is not dkan
    assert found.records == 1


def test_a_ckan_answer_has_to_be_one() -> None:
    good = b'{"success": true, "result": {"site_url": "https://x.gov", "ckan_version": "2.9.5"}}'
    assert find_ckan_status(answered(good)) is not None
    assert find_ckan_status(answered(good.replace(b"true", b"false"))) is None
    assert find_ckan_status(answered(b'{"success": true, "result": {}}')) is None
    assert find_ckan_status(answered(b"<html>")) is None
    names = b'{"help": "", "success": true, "result": ["roads", "parks'
    assert find_ckan_names(answered(names)) is not None
    assert find_ckan_names(answered(b'{"success": true, "result": [{"a": 1}]}')) is None
    assert find_ckan_names(answered(b'{"success": true, "result": []}')) is None
    assert find_ckan_names(answered(b'{"result": ["roads"]}')) is None


CATALOG = Answer(b'{"schemaVersion":1,"title":"Site","scopes":{"item":{"targetEntity":"item"}}}')
HUB_FEED = "/api/feed/dcat-us/1.1.json"
DEEP = "datasets/town::parcels/about"


@pytest.mark.parametrize(
    ("address", "answers"),
    [
        ("", {"/": PAGE, "/api/search/v1/catalog": CATALOG, "/data.json": CATALOGUE}),
        ("", {"/": PAGE, HUB_FEED: CATALOGUE, "/data.json": CATALOGUE}),
        (DEEP, {f"/{DEEP}": PAGE, "/api/search/v1/catalog": CATALOG}),
        (DEEP, {f"/{DEEP}": PAGE, HUB_FEED: CATALOGUE}),
        (HUB_FEED[1:], {HUB_FEED: CATALOGUE}),
    ],
    ids=["catalogue", "feed", "deep link, catalogue", "deep link, feed", "the feed itself"],
)
def test_a_hub_is_found_at_its_root(address: str, answers: dict[str, Any]) -> None:
    with StaticPortal(answers) as portal:
        found = detect(entry(portal.url + address))
    assert (found.type, found.url) == ("arcgis-hub", portal.url)


@pytest.mark.parametrize("body", [b"<html>", b"{}", b'["scopes"]', b'{"error":"not found"}'])
def test_other_answers_are_no_hub(body: bytes) -> None:
    assert find_hub_catalog(answered(body)) is None
    assert find_hub_catalog(answered(CATALOG.body, 404)) is None


def test_nothing_known_is_said_with_what_was_seen() -> None:
    with StaticPortal({"/": PAGE}) as portal, pytest.raises(DetectionError) as caught:
        detect(entry(portal.url))
    message = str(caught.value)
    assert f"{portal.url}: status 200, text/html" in message
    assert f"{portal.url}data.json: status 404" in message
    assert "--type" in message


def test_a_private_address_needs_permission_and_is_not_asked() -> None:
    with StaticPortal({"/": PAGE}) as portal:
        with pytest.raises(DetectionError, match="allow_private"):
            detect(entry(portal.url, allow_private=False))
        assert portal.seen == []


FORBIDDEN = Answer(b"User-agent: *\nDisallow: /\n")


def test_the_questions_wait_until_the_host_is_free(tmp_path: Path) -> None:
    with StaticPortal({"/data.json": CATALOGUE}) as portal:
        somebody = try_lock(lock_path(tmp_path, "127.0.0.1", portal.port))
        assert somebody is not None
        free = threading.Timer(1.5, somebody.release)
        begun = time.monotonic()
        free.start()
        found = detect(entry(f"{portal.url}data.json"), hosts=tmp_path)
        assert portal.seen[0].time - begun >= 1.5
    assert found.type == "dcat-us"


def test_the_questions_keep_the_pause_that_robots_txt_asks_for() -> None:
    robots = Answer(b"User-agent: *\nDisallow: /\nCrawl-delay: 0.7\n")
    with StaticPortal({"/robots.txt": robots, "/data.json": CATALOGUE}) as portal:
        assert detect(entry(f"{portal.url}data.json")).type == "dcat-us"
        asked = [seen.time for seen in portal.seen]
    assert asked[1] - asked[0] >= 0.7


@pytest.mark.parametrize(
    ("robots", "keys", "said"),
    [
        pytest.param(FORBIDDEN, {"robots": "obey"}, "robots.txt does not allow", id="forbidden"),
        pytest.param(Answer(b"", 503), {"robots": "obey"}, "robots.txt answers 503", id="unavailable"),
        pytest.param(
            Answer(b"User-agent: *\nCrawl-delay: 600\n"), {}, "600 s between", id="too long a pause"
        ),
    ],
)
def test_what_robots_txt_keeps_from_being_asked_is_said(robots: Answer, keys: Any, said: str) -> None:
    with StaticPortal({"/robots.txt": robots, "/data.json": CATALOGUE}) as portal:
        with pytest.raises(DetectionError, match=said):
            detect(entry(f"{portal.url}data.json", **keys))
        assert set(portal.paths()) == {"/robots.txt"}
