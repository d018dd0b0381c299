"""Sites of landing pages read by the real child."""

import json
from pathlib import Path
from typing import Any

import pytest

from harvesters.portal_entry import portal_from_entry
from hubsearch.cli.progress import Silence
from hubsearch.harvesting import harvest as harvest_all
from hubsearch.hub import open_hub
from hubsearch.settings import read_settings
from index.query.model import SearchRequest
from mappings.schemas import map_record
from tests.harvesters.fetching import harvest
from tests.harvesters.test_detect import entry
from tests.portals import Answer, LandingPortal, MassgovPortal, StaticPortal
from tests.portals.landing_portal import urlset
from tests.portals.massgov_portal import NO_DATASETS, RULES
from tests.shared_data import load, needs_shared


def dataset(name: str, **more: Any) -> bytes:
    """A small page about a dataset."""
    text = json.dumps({"@context": "https://schema.org", "@type": "Dataset", "name": name, **more})
    return f'<html><script type="application/ld+json">{text}</script><h1>{name}</h1></html>'.encode()


ABOUT = b"<html><h1>About us</h1></html>"
TYPE = "landing-pages"


@needs_shared
def test_every_item_of_the_massachusetts_data_hub_arrives(tmp_path: Path) -> None:
    with MassgovPortal(load("massgov/datahub_items_2022.json")) as portal:
        fetched = harvest(tmp_path, TYPE, portal.url, rules=RULES)
        asked = portal.paths()
        names = {f"https://127.0.0.1:{portal.port}{item.path}": item for item in portal.items}
    assert fetched.verdict == (True, "", False)
    assert "322 with datasets, 5 without" in fetched.statement.reason
    assert len(asked) == len(set(asked)), "nothing is asked twice"
    assert "/news/holiday" not in asked
    assert {record.identifier for record in fetched.records} == set(names)
    types = {}
    for record in fetched.records:
        item = names[record.identifier or ""]
        found = map_record(record.schema, record.payload).dataset
        assert found.title == " ".join(item.title.split())
        assert found.publisher is not None
        assert found.publisher.as_published == item.agency
        assert [topic.label for topic in found.topics] == item.topics
        assert (record.views, found.modified) == (item.views, "2022-01-15")
        assert len(found.distributions) == 1
        types[item.title] = found.type
    assert types["Jail Diversion Dashboard"] == "dashboard"
    assert types["2017 Municipal Rideshare Fund Report"] == "report"
    assert types["Massachusetts Mercury Research & Data"] == "dataset"


@needs_shared
def test_without_rules_the_same_pages_are_datasets(tmp_path: Path) -> None:
    with MassgovPortal(load("massgov/datahub_items_2022.json")) as portal:
        fetched = harvest(tmp_path, TYPE, portal.url)
    assert fetched.verdict == (True, "", False)
    assert len(fetched.records) == 322
    assert f"322 with datasets, {len(NO_DATASETS)} without" in fetched.statement.reason
    assert all(map_record(record.schema, record.payload).dataset.title for record in fetched.records)


@needs_shared
def test_the_popular_order_is_that_of_the_page_views(tmp_path: Path) -> None:
    settings = read_settings({"HUBSEARCH_HOME": str(tmp_path), "HUBSEARCH_NOW": "2026-03-01T06:00:00Z"})
    with MassgovPortal(load("massgov/datahub_items_2022.json")) as portal, open_hub(settings) as hub:
        keys = {"id": "mass", "type": TYPE, "url": portal.url, "allow_private": True, "rules": RULES}
        run = harvest_all(hub, [portal_from_entry(keys, "the test")], Silence())[0]
        assert (run.status, run.added) == ("ok", 322), run.reason
        request = SearchRequest(hub.settings.now(), limit=100, sort="popular", facets=False)
        shown = [result.id for result in hub.search.search(request).results]
        paths = {record.id: record.identifier or "" for record in hub.store.live_records()}
        views = {f"https://127.0.0.1:{portal.port}{item.path}": item.views for item in portal.items}
    ordered = [views[paths[public]] for public in shown]
    assert ordered == sorted(views.values(), reverse=True)[: len(ordered)]
    assert ordered[0] > 100


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_ten_thousand_pages_in_many_sitemaps_all_arrive(tmp_path: Path) -> None:
    pages = {f"/d/{number}": dataset(f"Dataset {number}") for number in range(10_500)}
    with LandingPortal(pages, size=1_000, named=False) as portal:
        fetched = harvest(tmp_path, TYPE, portal.url)
    assert fetched.verdict == (True, "", False)
    assert len({record.identifier for record in fetched.records}) == 10_500
    assert "10,500 with datasets" in fetched.statement.reason


def test_a_sitemap_may_be_the_address(tmp_path: Path) -> None:
    pages = {"/a/1": dataset("One"), "/b/2": dataset("Two"), "/about": ABOUT}
    with LandingPortal(pages, size=2) as portal:
        whole = harvest(tmp_path, TYPE, portal.url + "sitemap.xml")
        assert whole.verdict == (True, "", False)
        part = harvest(tmp_path, TYPE, portal.url + "sitemap/1.xml.gz")
    assert [record.identifier for record in whole.records] == [
        f"https://127.0.0.1:{portal.port}/a/1",
        f"https://127.0.0.1:{portal.port}/b/2",
    ]
    assert part.verdict == (True, "", False)
    assert part.records == []


def test_only_pages_below_the_start_on_its_host_are_asked_and_robots_txt_is_obeyed(tmp_path: Path) -> None:
    pages = {
        "/data": ABOUT,
        "/data/1": dataset("One"),
        "/database": dataset("x"),
        "/data/private/2": dataset("y"),
    }
    robots = "User-agent: *\nDisallow: /data/private/\nSitemap: http://127.0.0.2:1/sitemap.xml\n"
    with LandingPortal({"/": dataset("z")}) as other:
        links = [other.url, "javascript:alert(1)", "data:text/html,x", "/data/../x", "http://[::1"]
        with LandingPortal(pages, robots=robots) as portal:
            entries = [portal.url.rstrip("/") + path for path in pages] + links
            portal._extra = {"/sitemap/0.xml": (urlset(entries), {})}
            fetched = harvest(tmp_path, TYPE, portal.url + "data/")
            asked = portal.paths()
        assert other.seen == []
    assert [record.identifier for record in fetched.records] == [f"https://127.0.0.1:{portal.port}/data/1"]
    assert fetched.verdict == (True, "", False)
    assert "1 forbidden by robots.txt" in fetched.statement.reason
    assert "6 of other hosts or above the start" in fetched.statement.reason
    assert "1 sitemaps of other hosts" in fetched.statement.reason
    assert (
        sorted(set(asked))
        == [
            *("/data", "/data/", "/data/1", "/robots.txt", "/sitemap/0.xml", "/sitemap/index.xml"),
        ]
        or "/data/private/2" not in asked
    )


def test_the_same_page_under_several_addresses_has_one_name(tmp_path: Path) -> None:
    head = b'<html><link rel="canonical" href="/d/1/">'
    body = dataset("One").removeprefix(b"<html>")
    pages = {"/d/1": dataset("One"), "/d/1/": dataset("One"), "/d/copy": head + body, "/d/list": ABOUT}
    pages["/d/list"] = (
        b'<html><script type="application/ld+json">'
        + json.dumps(
            {"@type": "DataCatalog", "dataset": [{"@type": "Dataset", "name": "One", "url": "/d/1"}]}
        ).encode()
        + b"</script></html>"
    )
    with LandingPortal(pages) as portal:
        fetched = harvest(tmp_path, TYPE, portal.url)
        assert "/d/1/" not in portal.paths()
    assert len(fetched.records) == 3
    assert {record.identifier for record in fetched.records} == {f"https://127.0.0.1:{portal.port}/d/1"}
    assert max(record.version for record in fetched.records) == "0001"


PAGES = {"/1": dataset("One"), "/2": dataset("Two"), "/3": ABOUT}


@pytest.mark.parametrize("broken", ["/2", "/3", "/sitemap/1.xml.gz", "/sitemap/index.xml"])
def test_a_page_or_sitemap_that_fails_makes_the_run_incomplete(tmp_path: Path, broken: str) -> None:
    with LandingPortal(PAGES, size=2, broken=frozenset({broken})) as portal:
        fetched = harvest(tmp_path, TYPE, portal.url)
    assert fetched.verdict[:2] == (False, "page-missing")
    assert [failure.url for failure in fetched.statement.failures] == [portal.url + broken[1:]]


@pytest.mark.parametrize(
    ("page", "slug"),
    [
        (Answer(dataset("Two")[:-12]), "page-missing"),
        (Answer(dataset("Two"), cut_to=40), "page-missing"),
        (Answer(b""), "page-missing"),
        (Answer(b"gone", 410), ""),
        (Answer(b"no", 404), "page-missing"),
        (Answer(b"%PDF-1.7", headers={"Content-Type": "text/html"}), ""),
        (Answer(b"", 302, {"Location": "http://127.0.0.2:1/"}), "page-missing"),
        (Answer(b"", 302, {"Location": "/1"}), ""),
        (Answer(b"<b>" * 70_000), "page-missing"),
    ],
    ids=["cut", "cut short", "empty", "gone", "missing", "a file", "moved away", "moved", "too much"],
)
def test_what_a_page_may_be(tmp_path: Path, page: Answer, slug: str) -> None:
    answers: dict[str, Any] = {"/": Answer(ABOUT), "/1": Answer(dataset("One")), "/2": page}
    with StaticPortal(answers) as portal:
        pages = [f"{portal.url}1", f"{portal.url}2"]
        portal._scripts["/sitemap.xml"] = [Answer(urlset(pages))]
        fetched = harvest(tmp_path, TYPE, portal.url)
    assert fetched.verdict == (not slug, slug, False)
    assert fetched.records[0].identifier == f"https://127.0.0.1:{portal.port}/1"


def test_pages_beyond_max_pages_are_counted(tmp_path: Path) -> None:
    pages = {f"/{number}": dataset(f"D {number}") for number in range(20)}
    with LandingPortal(pages, size=7) as portal:
        fetched = harvest(tmp_path, TYPE, portal.url, max_pages=5)
    assert fetched.verdict == (False, "too-many-pages", False)
    assert "15 more pages" in fetched.statement.reason
    assert len(fetched.records) == 5


def test_sitemaps_that_lead_back_end(tmp_path: Path) -> None:
    index = "<sitemapindex>{}</sitemapindex>"
    loop = "".join(f"<sitemap><loc>/s/{n}.xml</loc></sitemap>" for n in range(20))
    deep = {f"/s/{n}.xml": Answer(index.format(loop).encode()) for n in range(19)}
    answers: dict[str, Any] = {
        "/": Answer(ABOUT),
        "/sitemap.xml": Answer(index.format(loop).encode()),
        **deep,
    }
    with StaticPortal(answers) as portal:
        answers_of_last = [Answer(urlset([f"{portal.url}1"]))]
        portal._scripts["/s/19.xml"], portal._scripts["/1"] = answers_of_last, [Answer(dataset("One"))]
        fetched = harvest(tmp_path, TYPE, portal.url)
        asked = portal.paths()
    assert fetched.verdict == (True, "", False)
    assert len(fetched.records) == 1
    assert len(asked) == len(set(asked))


@pytest.mark.parametrize(
    ("answers", "verdict"),
    [
        ({"/": Answer(ABOUT)}, (False, "no-sitemap", True)),
        ({}, (False, "http-status", True)),
        ({"/": Answer(dataset("The only one"))}, (True, "", False)),
        (
            {"/": Answer(ABOUT), "/sitemap.xml": Answer(urlset(["https://other.gov/1"]))},
            (False, "no-sitemap", True),
        ),
        ({"/": Answer(ABOUT), "/sitemap.xml": Answer(urlset([]))}, (True, "", False)),
        ({"/robots.txt": Answer(b"User-agent: *\nDisallow: /\n")}, (False, "robots-disallowed", True)),
        ({"/robots.txt": Answer(b"", 503)}, (False, "robots-unavailable", True)),
        (
            {"/": Answer(b"\x00\x01binary"), "/sitemap.xml": Answer(b"<html></html>")},
            (False, "no-sitemap", True),
        ),
    ],
    ids=["no sitemap", "nothing", "one page", "another host", "no pages", "forbidden", "robots", "no page"],
)
def test_what_is_no_site(tmp_path: Path, answers: dict[str, Any], verdict: tuple[bool, str, bool]) -> None:
    with StaticPortal(answers) as portal:
        fetched = harvest(tmp_path, TYPE, portal.url)
    assert fetched.verdict == verdict


def test_a_rule_that_cannot_be_fails_before_anything_is_asked(tmp_path: Path) -> None:
    with LandingPortal(PAGES) as portal:
        fetched = harvest(tmp_path, TYPE, portal.url, rules={"pages": {"title": "h1["}})
        assert portal.seen == []
    assert fetched.verdict == (False, "bad-option", True)


@pytest.mark.parametrize("address", ["", "3", "sitemap/0.xml"])
def test_a_site_is_found_by_its_sitemap(address: str) -> None:
    from harvesters.detect import detect

    with LandingPortal(PAGES) as portal:
        found = detect(entry(portal.url + address))
    assert found.type == TYPE
    assert found.url == portal.url + (address if "xml" in address else "")
    assert "sitemap" in found.evidence[0]


def test_a_page_of_many_megabytes_fits_into_the_memory(tmp_path: Path) -> None:
    large = dataset("x" * 10_000_000).partition(b"<h1>")[0] + b"</html>"
    nested = b"<html>" + b"<div>" * 55_000 + b"</html>"
    with LandingPortal({"/1": large, "/2": nested, "/3": dataset("Three")}) as portal:
        fetched = harvest(tmp_path, TYPE, portal.url, memory_limit=256 * 1024**2)
    assert fetched.verdict == (True, "", False)
    assert len(fetched.records) == 2
