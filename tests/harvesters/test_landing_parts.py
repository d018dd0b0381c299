"""The parts that read landing pages: addresses, rules, sitemaps, markup, structured data, links."""

import time
from contextlib import suppress
from typing import Any

import pytest

from harvesters.detection import Answered
from harvesters.fetch_error import FetchError
from harvesters.html_page import TAGS, HtmlPage, read_page
from harvesters.json_ld import datasets, documents
from harvesters.landing_detection import find_page, find_robots, find_sitemap
from harvesters.landing_records import page_records
from harvesters.landing_rules import matches, page_rules
from harvesters.landing_site import Site, identity
from harvesters.microdata import MICRODATA, RDFA, items
from harvesters.sitemap import looks_like_sitemap, read_sitemap
from mappings.landing_links import link_kind
from tests.shared_data import SHARED, load, needs_shared, open_feed

URL = "https://www.example.gov/data/roads"
SITE = Site.whole(URL)


def page(body: str, head: str = "") -> HtmlPage:
    """A whole page."""
    return read_page(f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode())


def records(body: str, head: str = "", **rules: Any) -> list[tuple[str, dict[str, Any]]]:
    """What a page at `URL` gives."""
    return page_records(page(body, head), URL, SITE, page_rules({"pages": rules})).records


def script(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


@pytest.mark.parametrize(
    "url",
    [
        "http://example.gov/data/roads",
        "https://www.example.gov/data/roads/",
        "https://EXAMPLE.gov:443/data/roads",
        "http://www.example.gov:80/data/roads/",
    ],
)
def test_a_page_is_known_by_one_name_however_its_address_is_written(url: str) -> None:
    assert identity(url) == "https://example.gov/data/roads"


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("/data/a", "https://www.example.gov/data/a"),
        ("http://example.gov/data/a#b", "https://example.gov/data/a"),
        ("https://www.example.gov:443/a", "https://www.example.gov/a"),
        ("https://other.gov/data/a", None),
        ("https://www.example.gov:8080/data/a", None),
        ("https://www.example.gov@evil.example/data", None),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("file:///etc/passwd", None),
        ("/data/%2e%2e/%2e%2e/etc", None),
        ("http://[::1", None),
        ("/" + "a" * 5_000, None),
    ],
)
def test_only_addresses_of_the_site_are_followed(link: str, address: str | None) -> None:
    assert SITE.address(URL, link) == address


def test_below_means_below() -> None:
    site = Site.of("https://x.gov/data/index.html")
    assert site.path == "/data"
    assert [site.below(f"https://x.gov{path}") for path in ("/data", "/data/a", "/database", "/")] == [
        *(True, True, False, False)
    ]


@pytest.mark.parametrize(
    ("glob", "url", "matched"),
    [
        ("/data/*", "https://x.gov/data/a?b=c", True),
        ("/data/*", "https://x.gov/old/data/a", False),
        ("*/print", "https://x.gov/data/a/print", True),
        ("/data/*/files/*.html", "https://x.gov/data/a/b/files/c.html", True),
        ("/about", "https://x.gov/about/", True),
        ("https://x.gov/*", "https://x.gov/a", True),
        ("/a*a", "https://x.gov/a", False),
    ],
)
def test_a_glob_is_a_text_with_stars(glob: str, url: str, matched: bool) -> None:
    assert matches(glob, url) is matched


@pytest.mark.parametrize(
    "rules", [{"title": "h1["}, {"titel": "h1"}, {"include": [1]}, {"topics": []}, {"include": ""}]
)
def test_a_rule_that_cannot_be_is_named(rules: Any) -> None:
    with pytest.raises(FetchError, match=r"rules\.pages") as caught:
        page_rules({"pages": rules})
    assert caught.value.slug == "bad-option"


def listed(text: bytes) -> list[tuple[str, str, bool]]:
    found: list[tuple[str, str, bool]] = []
    read_sitemap([text[:50], text[50:]], URL, lambda *entry: found.append(entry))
    return found


def test_sitemaps_of_every_kind_are_read() -> None:
    xml = (
        b'\n<?xml version="1.0"?><s:urlset xmlns:s="x" xmlns:image="y"><s:url><s:loc> https://a/1 </s:loc>'
        b"<image:image><image:loc>https://a/i.png</image:loc></image:image><s:lastmod>2024-01-02</s:lastmod>"
        b"</s:url><s:url><s:loc/></s:url></s:urlset>"
    )
    assert listed(xml) == [("https://a/1", "2024-01-02", False)]
    index = b"<sitemapindex><sitemap><loc>https://a/s.xml</loc></sitemap></sitemapindex>"
    assert listed(index) == [("https://a/s.xml", "", True)]
    assert listed(b"https://a/1\r\nhttps://a/2\n") == [("https://a/1", "", False), ("https://a/2", "", False)]
    feed = b"<rss><channel><link>https://a/</link><item><link>https://a/3</link></item></channel></rss>"
    assert listed(feed) == [("https://a/3", "", False)]
    atom = b'<feed><entry><link href="https://a/4"/><updated>2024-01-02</updated></entry></feed>'
    assert listed(atom) == [("https://a/4", "2024-01-02", False)]


BOMB = (
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>'
    b"<urlset><url><loc>&b;</loc></url></urlset>"
)


@pytest.mark.parametrize(
    "text",
    [
        BOMB,
        b"<urlset><url><loc>https://a/1</loc></url>",
        b"<html><body>x</body></html>",
        b"<urlset></urlset>trailing",
        b"{}",
        b"PK\x03\x04",
        b"<urlset>" + b"<url>" * 100_000,
        b"<urlset><url>&nbsp;</url></urlset>",
    ],
)
def test_what_is_no_whole_sitemap_is_none(text: bytes) -> None:
    with pytest.raises(FetchError) as caught:
        listed(text)
    assert caught.value.slug == "not-a-sitemap"


@needs_shared
def test_real_sitemaps_are_read() -> None:
    index = listed(open_feed("sitemaps/opendatanetwork_sitemap-index.xml"))
    assert len(index) > 30
    assert all(of_sitemap for _, _, of_sitemap in index)
    counties = listed(open_feed("sitemaps/opendatanetwork_region_county-population.xml"))
    states = listed(open_feed("sitemaps/opendatanetwork_region_state-population.xml"))
    assert len(index) + len(counties) + len(states) == 3_313


@needs_shared
def test_every_real_dataset_of_schema_org_is_found() -> None:
    for path in sorted((SHARED / "schema-org").iterdir()):
        found = datasets([load(f"schema-org/{path.name}")])
        expected = {"CESSA": 0, "data-repository": 0, "dataset_temporal": 6}
        number = next((n for name, n in expected.items() if path.name.startswith(name)), 1)
        assert len(found) == number or (number == 6 and len(found) > 3), path.name


def test_a_dataset_is_found_wherever_json_ld_may_have_it() -> None:
    graph = """{"@context": "https://schema.org", "@graph": [
      {"@type": "WebPage", "mainEntity": {"@id": "#d"}},
      {"@type": ["schema:Dataset"], "@id": "#d", "schema:name": "Roads", "publisher": {"@id": "#o"}},
      {"@type": "Organization", "@id": "#o", "name": "DOT"}]}"""
    ((schema, one),) = records("", script(graph))
    assert schema == "schema-org"
    assert one["dataset"]["name"] == "Roads"
    assert one["dataset"]["publisher"]["name"] == "DOT"
    assert one["identifier"] == "https://example.gov/data/roads"
    entries = '{"@type":"Dataset","name":"A","url":"/a"},{"@type":"Dataset","name":"B"}'
    listed_ = f'[{{"@type":"DataCatalog","dataset":[{entries}]}}]'
    found = [one["identifier"] for _, one in records("", script(listed_))]
    assert found == ["https://example.gov/a", "https://example.gov/data/roads#b"]
    nested = '{"@type":"WebPage","mainEntity":{"@type":"Dataset","name":"A\ud800\\ud800"}}'
    assert len(records("", script(nested.replace("\ud800", "")))) == 1


def test_a_list_does_not_win_over_the_datasets_own_page() -> None:
    item = (
        '{"@type":"Dataset","name":"A","url":"https://example.gov/data/roads/","dateModified":"2024-01-02"}'
    )
    text = f'{{"@type":"ItemList","itemListElement":[{{"@type":"ListItem","item":{item}}}]}}'
    ((_, stub),) = page_records(
        page("", script(text)), "https://www.example.gov/", SITE, page_rules({})
    ).records
    ((_, own),) = records("", script('{"@type":"Dataset","name":"A"}'))
    assert stub["identifier"] == own["identifier"]
    assert stub["version"] < own["version"]


MICRO = """<div itemscope itemtype="https://schema.org/Dataset"><h1 itemprop="name">Roads</h1>
<meta itemprop="dateModified" content="2024-01-02"><a itemprop="license" href="/l">licence</a>
<div itemprop="distribution" itemscope itemtype="https://schema.org/DataDownload">
<a itemprop="contentUrl" href="roads.csv">CSV</a></div></div>"""
RDF = """<div vocab="https://schema.org/" typeof="Dataset"><h1 property="name">Roads</h1>
<span property="dateModified" content="2024-01-02">2 Jan</span><a property="license" href="/l">licence</a>
<div property="distribution" typeof="DataDownload">
<a property="contentUrl" href="roads.csv">CSV</a></div></div>"""


@pytest.mark.parametrize(("body", "dialect"), [(MICRO, MICRODATA), (RDF, RDFA)], ids=["microdata", "rdfa"])
def test_markup_says_the_same_as_json_ld(body: str, dialect: Any) -> None:
    (one,) = datasets(items(page(body).soup, URL, dialect))
    assert one.value == {
        "@type": "Dataset",
        "name": "Roads",
        "dateModified": "2024-01-02",
        "license": "https://www.example.gov/l",
        "distribution": {"@type": "DataDownload", "contentUrl": "https://www.example.gov/data/roads.csv"},
    }
    assert len(records(body, script('{"@type":"Dataset","name":"Roads"}'))) == 1, "one dataset, said twice"


PLAIN = """<nav class="breadcrumb"><ol><li><a href="/">Home</a></li>
<li><a>Transportation</a></li><li>Roads</li></ol></nav>
<main><h1>Roads</h1><p>Last updated: March 3, 2022</p><a href="javascript:x.csv">x</a><a href="r.csv">CSV</a>
<dl><dt>Agency:</dt><dd>DOT</dd><dt>Tags</dt><dd><a>a</a> <a>b</a></dd>
<dt>Page views</dt><dd>1,261</dd></dl></main>"""


def test_a_page_without_markup_or_rules_is_read_where_pages_say_things() -> None:
    ((schema, one),) = records(PLAIN, '<meta name="description" content="All roads.">')
    assert schema == "landing-page"
    assert one["views"] == 1261
    assert one["page"] == {
        "title": "Roads",
        "description": "All roads.",
        "organisation": "DOT",
        "topics": ["Transportation"],
        "keywords": ["a", "b"],
        "modified": "March 3, 2022",
        "views": 1261,
        "links": [{"url": "https://www.example.gov/data/r.csv", "text": "CSV"}],
    }


@pytest.mark.parametrize(
    "body",
    [
        "<main><h1>About us</h1><a href='/contact'>Contact</a><a href='/form.pdf'>Form</a></main>",
        "<nav><a href='/all.csv'>x</a></nav><h1>About us</h1>",
        "<h1>News</h1><a href='/sitemap.xml'>Map</a><a href='/rss.xml'>Feed</a>",
    ],
)
def test_other_pages_are_no_datasets(body: str) -> None:
    assert records(body) == []


def test_rules_decide_alone() -> None:
    body = "<div class=item><h2>Roads</h2><i>Views: 12</i><a class=by href=/dot>DOT</a></div>"
    rules = {"only": ".item", "title": "h2", "views": "i", "organisation": ["b", ".by::attr(href)"]}
    ((_, one),) = records(body, **rules)
    assert (one["title"], one["views"], one["page"]["organisation"]) == (
        "Roads",
        12,
        "https://www.example.gov/dot",
    )
    assert records(PLAIN, **rules) == []


@pytest.mark.parametrize(
    ("url", "text", "kind"),
    [
        ("https://x.gov/a.CSV", "", "file"),
        ("https://x.gov/doc/a/download", "Open XLSX file, 1.2 MB", "file"),
        ("https://x.gov/api/views/abcd-1234/rows.csv?accessType=DOWNLOAD", "", "file"),
        ("https://x.gov/q?f=geojson&where=1", "", "file"),
        ("https://x.gov/files/annual-report.pdf", "", "report"),
        ("https://x.gov/files/form-12.pdf", "Application form", None),
        ("https://public.tableau.com/views/x/y", "", "dashboard"),
        ("https://app.powerbigov.us/view?r=1", "", "dashboard"),
        ("https://state.maps.arcgis.com/apps/dashboards/12", "", "dashboard"),
        ("https://team.shinyapps.io/deaths/", "", "dashboard"),
        ("https://storymaps.arcgis.com/stories/1", "", "story"),
        ("https://x.maps.arcgis.com/apps/webappviewer/index.html?id=1", "", "map"),
        ("https://gis.x.gov/arcgis/rest/services/Roads/FeatureServer/0", "", "api"),
        ("https://x.gov/api-docs", "", "api"),
        ("https://x.gov/sitemap.xml", "", None),
        ("https://x.gov/about", "CSV", None),
    ],
)
def test_a_link_says_what_it_leads_to(url: str, text: str, kind: str | None) -> None:
    assert link_kind(url, text) == kind


HOSTILE = (
    b"<div>" * 55_000,
    b"<b>" * 55_000 + b"</i>" * 4_000,
    b"<script" * 390_000,
    b"<!--" * 390_000,
    b"<script>" * 390_000,
    b"<a href='" * 55_000,
    b"<![CDATA[" * 55_000,
    b"<span itemprop=name itemscope itemtype=https://schema.org/Dataset itemref='a b'>" * 40_000,
    b"<div itemscope itemtype=https://schema.org/Dataset>" + b"<p itemprop=name>" * 50_000,
    b"<div class=breadcrumb>" + b"<li>" * 50_000,
    b"<main>" + b"<a href=/x.csv>" * 50_000,
    b"<main>" + b"".join(b"<a href=/%d/tableautableautableau-->" % n for n in range(40_000)),
    b"<time>" * 50_000,
    b"<dl>" + b"<dt>Agency<dd>" * 25_000,
    b"<meta name=x content=y>" * 50_000,
)


@pytest.mark.parametrize("raw", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_page_is_over_soon(raw: bytes) -> None:
    begun = time.process_time()
    rules = page_rules({"pages": {"topics": "div .a > b", "title": "h1"}})
    with suppress(FetchError):
        page_records(read_page(raw), URL, SITE, rules)
    assert time.process_time() - begun < 20


def test_a_page_with_more_markup_than_any_is_refused() -> None:
    with pytest.raises(FetchError) as caught:
        read_page(b"<b>" * (TAGS + 1))
    assert caught.value.slug == "too-complex"
    large = script('{"@type":"Dataset","name":"' + "<b>" * 100_000 + '"}')
    assert len(datasets(documents(read_page(large.encode()).json_ld)[0])) == 1


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"@graph":' * 900 + "1" + "}" * 900,
        "{",
        "",
        '{"@type":"Dataset"}',
        "[[[[1]]]]",
        '"Dataset"',
    ],
)
def test_json_ld_that_says_nothing_gives_nothing(text: str) -> None:
    assert records("", script(text)) == []


def test_nodes_that_name_each_other_end() -> None:
    node = '{"@id":"#o","name":"O","parentOrganization":{"@id":"#o"}}'
    text = f'[{{"@type":"Dataset","name":"A","publisher":{{"@id":"#o"}}}},{node}]'
    assert len(records("", script(text))) == 1


def test_text_in_other_encodings_is_read() -> None:
    html = '<html><head><meta charset="{}"></head><body><h1>Café</h1><a href="/a.csv">x</a></body></html>'
    for name in ("utf-8", "windows-1252", "iso-8859-15", "x-unknown"):
        raw = html.format(name).encode("cp1252" if name.startswith("x") else name)
        (one,) = page_records(read_page(raw), URL, SITE, page_rules({})).records
        assert one[1]["title"] == "Café"


def answer(url: str, body: bytes) -> Answered:
    return Answered(url, 200, {}, body)


def test_a_site_is_recognised_by_its_sitemap_or_a_dataset() -> None:
    sitemap = (
        b"<urlset><url><loc>https://x.gov/data/a</loc></url><url><loc>https://y.gov/</loc></url></urlset>"
    )
    found = find_sitemap(answer("https://x.gov/sitemap.xml", sitemap), "https://x.gov/about")
    assert found is not None
    assert (found.type, found.url) == ("landing-pages", "https://x.gov/")
    assert "lists 1 pages" in found.evidence
    below = find_sitemap(answer("https://x.gov/sitemap.xml", sitemap), "https://x.gov/data/")
    assert below is not None
    assert below.url == "https://x.gov/data/"
    cut = find_sitemap(answer("https://x.gov/s.xml", sitemap[:-9]), "https://x.gov/s.xml")
    assert cut is not None
    assert cut.url == "https://x.gov/s.xml"
    assert "at least" in cut.evidence
    assert find_sitemap(answer("https://x.gov/sitemap.xml", b"<urlset></urlset>"), "https://x.gov/") is None
    assert find_robots(answer("https://x.gov/robots.txt", b"User-agent: *\nSitemap: /map.xml\n")) is not None
    assert find_robots(answer("https://x.gov/robots.txt", b"Sitemap: https://y.gov/map.xml")) is None
    assert find_page(answer(URL, script('{"@type":"Dataset"}').encode())) is not None
    assert find_page(answer(URL, MICRO.encode())) is not None
    assert find_page(answer(URL, b'<p>"Dataset"</p>')) is None
    assert not looks_like_sitemap(b"<html>urlset</html>")
