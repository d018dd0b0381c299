"""Web accessible folders walked by the real child."""

from pathlib import Path
from typing import Any

import pytest

from harvesters.folder_index import Start, is_html, read_index
from tests.harvesters.fetching import harvest
from tests.portals import Answer, StaticPortal, WafPortal
from tests.shared_data import SHARED, needs_shared, open_feed

GMD = 'xmlns="http://www.isotc211.org/2005/gmd" xmlns:gco="http://www.isotc211.org/2005/gco"'


def iso(identifier: str, title: str = "Roads", stamp: str = "2024-01-02") -> bytes:
    """A small ISO 19139 record."""
    return (
        f"<MD_Metadata {GMD}><fileIdentifier><gco:CharacterString>{identifier}</gco:CharacterString>"
        f"</fileIdentifier><dateStamp><gco:Date>{stamp}</gco:Date></dateStamp><identificationInfo>"
        f"<MD_DataIdentification><citation><CI_Citation><title><gco:CharacterString>{title}"
        "</gco:CharacterString></title></CI_Citation></citation></MD_DataIdentification>"
        "</identificationInfo></MD_Metadata>"
    ).encode()


FGDC = (
    b"<metadata><idinfo><citation><citeinfo><title>Parcels</title></citeinfo></citation></idinfo></metadata>"
)
FILES = {
    "a.xml": iso("a"),
    "read me.txt": b"no metadata",
    "towns/B ridge & é.xml": iso("b"),
    "towns/fgdc.xml": FGDC,
    "towns/again.xml": iso("a", "Roads, once more"),
    "towns/deep/er/c.xml": b"\n\n" + iso("c"),
    "towns/rss.xml": b"<rss/>",
    "towns/bad.xml": b"<metadata>",
    "LICENSE": b"Public domain",
}


@pytest.mark.parametrize("style", ["apache", "nginx", "iis"])
def test_every_file_of_every_folder_is_accounted_for(tmp_path: Path, style: str) -> None:
    with WafPortal(FILES, style=style) as portal:
        fetched = harvest(tmp_path, "waf", portal.url)
        asked = portal.paths()
    assert fetched.verdict == (True, "", False)
    assert len(asked) == len(set(asked)), "nothing is asked twice"
    assert "/read%20me.txt" not in asked
    assert sorted((r.identifier or "", r.schema) for r in fetched.records if r.trouble is None) == [
        ("a", "iso-19115"),
        ("a", "iso-19115"),
        ("b", "iso-19115"),
        ("c", "iso-19115"),
        ("towns/fgdc.xml", "fgdc"),
    ]
    assert sorted(r.trouble.slug for r in fetched.records if r.trouble) == ["invalid-xml", "unknown-xml"]
    assert {r.payload for r in fetched.records} == {data for name, data in FILES.items() if ".xml" in name}


def test_only_what_lies_below_the_start_on_its_host_is_asked(tmp_path: Path) -> None:
    with WafPortal({"secret.xml": iso("x")}) as other:
        extra = (
            f'<a href="{other.url}secret.xml">x</a><a href="../top.xml">x</a><a href="/top.xml">x</a>'
            '<a href="%2e%2e/top.xml">x</a><a href="mailto:a@b.c">x</a><a href="#here">x</a>'
            '<a href="javascript:alert(1)">x</a><a href="http://[::1">x</a><a href="/sub/">x</a>'
        )
        files = {"top.xml": iso("t"), "sub/a.xml": iso("a"), "sub/sub/b.xml": iso("b")}
        with WafPortal(files, extra=extra) as portal:
            fetched = harvest(tmp_path, "waf", portal.url + "sub/")
            asked = portal.paths()
        assert other.seen == []
    assert fetched.verdict == (True, "", False)
    assert sorted(asked) == ["/robots.txt", "/sub/", "/sub/a.xml", "/sub/sub/", "/sub/sub/b.xml"]


@pytest.mark.parametrize("path", ["towns/", "towns/deep/er/c.xml", "a.xml"])
def test_a_folder_or_file_that_fails_makes_the_run_incomplete(tmp_path: Path, path: str) -> None:
    with WafPortal(FILES, broken=frozenset({path})) as portal:
        fetched = harvest(tmp_path, "waf", portal.url)
    assert fetched.verdict == (False, "page-missing", False)
    assert [failure.url for failure in fetched.statement.failures] == [portal.url + path]
    assert len(fetched.records) == (1 if path == "towns/" else 6)


def test_folders_without_end_are_left_at_the_tenth(tmp_path: Path) -> None:
    files = {"d/" * depth + f"{depth}.xml": iso(str(depth)) for depth in range(14)}
    with WafPortal(files) as portal:
        fetched = harvest(tmp_path, "waf", portal.url)
    assert fetched.verdict == (False, "too-many-folders", False)
    assert [record.identifier for record in fetched.records] == [str(depth) for depth in range(11)]


PAGE = Answer(b"<html><body><h1>Sorry</h1>an error</body></html>")
INDEX = Answer(b'<html><title>Index of /</title><a href="a.xml">a</a><a href="b.xml">b</a></html>')


@pytest.mark.parametrize(
    ("answers", "verdict", "records"),
    [
        ({"/": PAGE}, (False, "not-an-index", True), 0),
        ({"/": Answer(b"")}, (False, "empty", False), 0),
        ({"/": Answer(INDEX.body[:50])}, (False, "cut", False), 0),
        ({"/": Answer(b"<html><title>Index of /</title></html>")}, (True, "", False), 0),
        ({"/": INDEX, "/a.xml": Answer(iso("a")), "/b.xml": PAGE}, (False, "page-missing", False), 1),
        (
            {"/": INDEX, "/a.xml": Answer(iso("a")), "/b.xml": Answer(iso("b"), cut_to=90)},
            (False, "page-missing", False),
            1,
        ),
        ({"/robots.txt": Answer(b"User-agent: *\nDisallow: /\n")}, (False, "robots-disallowed", True), 0),
        (
            {
                "/robots.txt": Answer(b"User-agent: *\nDisallow: /b\n"),
                "/": INDEX,
                "/a.xml": Answer(iso("a")),
            },
            (False, "page-missing", False),
            1,
        ),
    ],
    ids=["a page", "empty", "cut", "an empty folder", "a page for a file", "a cut file", "robots", "part"],
)
def test_what_is_no_whole_folder(
    tmp_path: Path, answers: dict[str, Any], verdict: tuple[bool, str, bool], records: int
) -> None:
    with StaticPortal(answers) as portal:
        fetched = harvest(tmp_path, "waf", portal.url)
    assert fetched.verdict == verdict
    assert len(fetched.records) == records


def test_a_limit_of_pages_is_kept(tmp_path: Path) -> None:
    with WafPortal(FILES) as portal:
        fetched = harvest(tmp_path, "waf", portal.url, max_pages=3)
    assert fetched.verdict == (False, "too-many-pages", False)


def test_a_thousand_files_in_nested_folders(tmp_path: Path) -> None:
    files = {f"{n % 7}/{n % 30}/{n}.xml": iso(f"id-{n}") for n in range(1_000)}
    with WafPortal(files, style="iis") as portal:
        fetched = harvest(tmp_path, "waf", portal.url)
    assert fetched.verdict == (True, "", False)
    assert len({record.identifier for record in fetched.records}) == 1_000


@needs_shared
@pytest.mark.parametrize(
    ("page", "url", "names"),
    [
        ("apache-noaa-waf", "https://data.noaa.gov/waf/NOAA/nmfs/garfo/iso/xml/", ["1463.xml", "1503.xml"]),
        ("nginx-dggs-waf", "https://dggs.alaska.gov/webpubs/metadata/", ["AOF125.xml", "AOF134.xml"]),
        (
            "bts-waf",
            "https://transtats.bts.gov/NTADmetadata/",
            ["USDOT_BTS_NTAD_119th_Congressional_Districts.xml", "USDOT_BTS_NTAD_1991_FAP.xml"],
        ),
    ],
)
def test_index_pages_as_received(page: str, url: str, names: list[str]) -> None:
    document = open_feed(f"waf/index-pages/{page}.html")
    links = read_index([document], url, Start.of(url))
    assert is_html(document)
    assert links.files == [url + name for name in names]
    assert (links.folders, links.unclear, links.says_index, links.whole) == ([], [], True, True)


@needs_shared
@pytest.mark.parametrize("tree", ["gsa-harvester/waf", "gsa-harvester/iso_2_waf", "geodatagov/waf1"])
def test_whole_trees_as_received(tmp_path: Path, tree: str) -> None:
    folder = SHARED / "waf" / tree
    files = {
        str(path.relative_to(folder)).removesuffix(".gz"): open_feed(str(path.relative_to(SHARED)))
        for path in sorted(folder.rglob("*.xml*"))
    }
    with WafPortal(files) as portal:
        fetched = harvest(tmp_path, "waf", portal.url)
    assert fetched.verdict == (True, "", False)
    assert len(fetched.records) == len(files)
