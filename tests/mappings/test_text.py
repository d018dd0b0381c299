"""Descriptions keep their paragraphs and lose their dirt; titles are one line."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.text import LINE_LIMIT, TEXT_LIMIT, Text, is_placeholder, read_line, read_text, slugify
from tests.mappings.crosswalk import feeds, find, records
from tests.mappings.reading import read
from tests.shared_data import needs_shared

ARCGIS = "arcgis-hub/latest/"


def plain(raw: object) -> str | None:
    text, _ = read(read_text, raw)
    return text.plain if text else None


@pytest.mark.parametrize(
    ("raw", "expected", "slugs"),
    [
        # plain text, also with a lone less-than sign (www.metrochicagodata.org deug-fjb5)
        ("Permits issued.", "Permits issued.", []),
        ("numerator <10 or denominator <100", "numerator <10 or denominator <100", []),
        ("a < b > c & d", "a < b > c & d", []),
        ("one\r\n\r\n\r\ntwo\nthree  four ", "one\n\ntwo\nthree four", []),
        # entities, once and twice escaped, in plain text
        ("Smith &amp; Sons&nbsp;Ltd", "Smith & Sons Ltd", ["html-entities"]),
        ("A &amp;nbsp;B &amp;amp; C", "A B & C", ["html-entities"]),
        ("d&#x27;arte &quot;x&quot;", 'd\'arte "x"', ["html-entities"]),
        ("R&D; M&A;", "R&D; M&A;", []),
        ("http://x.gov/?a=1&region=2&copy=3", "http://x.gov/?a=1&region=2&copy=3", []),
        # HTML: blocks are lines, paragraphs a blank line apart, items behind a dash
        ("<p>One</p><p>Two</p>", "One\n\nTwo", ["html"]),
        ("A<br>B<br/>C", "A\nB\nC", ["html"]),
        ("A<br><br>B", "A\n\nB", ["html"]),
        ("<div>A</div><div><br></div><div>B<br></div><div>C</div>", "A\n\nB\nC", ["html"]),
        ("<div>A</div><div>B</div>", "A\nB", ["html"]),
        ("<ul><li>A</li><li>B</li></ul>after", "- A\n- B\n\nafter", ["html"]),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc", ["html"]),
        ("<p>a &lt; b</p>", "a < b", ["html"]),
        ("<SPAN STYLE='x'>shout</SPAN>", "shout", ["html", "inline-css"]),
        ("first line\nsecond <b>line</b>", "first line\nsecond line", ["html"]),
        ("<p>hard\nwrapped</p>", "hard wrapped", ["html"]),
        # HTML that was escaped as a whole
        ("&lt;p&gt;Hello&lt;/p&gt;", "Hello", ["html-entities", "html"]),
        # what is no text is dropped with its content
        ("<style>p {color: red}</style><p>Text</p>", "Text", ["html", "inline-css"]),
        ("Text<script>alert(1)</script>", "Text", ["html"]),
        ("Text<!-- a comment -->", "Text", ["html"]),
    ],
)
def test_descriptions_become_plain_text_with_paragraphs(raw: str, expected: str, slugs: list[str]) -> None:
    text, found = read(read_text, raw)
    assert text is not None
    assert text.plain == expected
    assert found == slugs


@pytest.mark.parametrize(
    ("raw", "slugs"),
    [
        ("N/A", ["placeholder"]),
        ("  none ", ["placeholder"]),
        ("No description provided", ["placeholder"]),
        ("TBD", ["placeholder"]),
        ("null", ["placeholder"]),
        ("<p>N/A</p>", ["html", "placeholder"]),
        ("{{description}}", ["template-residue"]),
        ("{{default.description}}", ["template-residue"]),
        ("<p>{{description}}</p>", ["template-residue", "html"]),
        ("REQUIRED: A brief narrative summary of the data set.", ["template-residue"]),
        ("[[REDACTED-EX B6]]", ["redacted"]),
        ("<p>&nbsp;</p>", ["html"]),
        (True, ["wrong-type"]),
        (["a", "b"], ["wrong-type"]),
    ],
)
def test_a_description_that_says_nothing_is_none(raw: object, slugs: list[str]) -> None:
    assert read(read_text, raw) == (None, slugs)


def test_a_template_inside_a_text_is_cut_out() -> None:
    text, slugs = read(read_text, "Parcels of {{county}} with owners.")
    assert text == Text("Parcels of with owners.")
    assert slugs == ["template-residue"]


def test_a_single_value_in_a_list_or_a_json_ld_object_is_opened() -> None:
    assert plain(["One description"]) == "One description"
    assert plain({"@value": "Eine Beschreibung", "@language": "de"}) == "Eine Beschreibung"
    assert plain(2013) == "2013"


@pytest.mark.parametrize(
    ("raw", "html"),
    [
        ('<a href="http://x.gov" onclick="x()">x</a>', "http://x.gov"),
        ('<a href="mailto:a@x.gov">x</a>', "mailto:a@x.gov"),
        ('<a href="javascript:alert(1)">x</a>', None),
        ('<a href="/relative">x</a>', None),
        ('<a href="data:text/html,x">x</a>', None),
        ('<img src="http://x.gov/x.png" onerror="x()">', None),
        ('<iframe src="http://x.gov"></iframe><p>x</p>', None),
        ('<p style="color:red" class="x" id="y">x</p>', None),
    ],
)
def test_sanitised_html_keeps_safe_links_and_no_other_attribute(raw: str, html: str | None) -> None:
    text, _ = read(read_text, raw + " text")
    assert text is not None
    assert text.html is not None
    assert re.findall(r'href="([^"]*)"', text.html) == ([html] if html else [])
    attributes = re.findall(r"\s([a-z]+)=", text.html)
    assert set(attributes) <= {"href", "rel"}


def test_links_of_publishers_tell_nobody_where_the_visitor_came_from() -> None:
    text, _ = read(read_text, '<a href="http://x.gov">data</a>')
    assert text is not None
    assert text.html == '<a href="http://x.gov" rel="noopener noreferrer nofollow">data</a>'


@given(st.text("<>/\"'= abpscripthrefonj:()&;", max_size=200))
def test_no_script_survives_whatever_the_markup(raw: str) -> None:
    text, _ = read(read_text, "<p>" + raw)
    html = (text.html or "") if text else ""
    assert not re.search(r"<\s*(script|style|iframe|img)|\son[a-z]+\s*=", re.sub(r">[^<]*<", "><", html))


@pytest.mark.parametrize(
    ("raw", "expected", "slugs"),
    [
        # opm.data.json OPM-HI-0028: UTF-8 read twice as Windows-1252
        ("OPMÃ¢â‚¬â„¢s Lookup Tool", "OPM’s Lookup Tool", ["mojibake-repaired"]),
        ("CafÃ© â€œXâ€\x9d", "Café “X”", ["mojibake-repaired"]),
        # what only looks like it
        ("SÃO PAULO, CÂMARA", "SÃO PAULO, CÂMARA", []),
        ("Città à la carte – “x”", "Città à la carte – “x”", []),
        # fda.data.json: characters already lost
        ("FDA\ufffds positions", "FDA\ufffds positions", ["replacement-character"]),
        ("a\u00a0b\u200bc\ufeff", "a bc", ["invisible-characters"]),
        ("سلام\u200cعلیکم", "سلام\u200cعلیکم", []),
        ("a\x00b\x1fc", "a b c", ["control-characters"]),
        ("a\x85b\u2028c", "a b c", ["control-characters"]),
        ("user\u202egnp.exe", "usergnp.exe", ["invisible-characters"]),
        ("a\ud800b", "a\ufffdb", ["replacement-character"]),
    ],
)
def test_characters_are_repaired_or_made_plain(raw: str, expected: str, slugs: list[str]) -> None:
    text, found = read(read_text, raw)
    assert text == Text(expected)
    assert found == slugs


def test_a_description_beyond_64_kb_is_cut_before_it_is_parsed() -> None:
    text, slugs = read(read_text, "é" * 40_000)
    assert text is not None
    assert len(text.plain.encode()) == TEXT_LIMIT
    assert slugs == ["description-truncated"]


def test_a_text_of_nothing_but_tags_is_stripped_instead_of_parsed() -> None:
    text, slugs = read(read_text, "<div>" * 5_000 + "the text")
    assert text == Text("the text", None)
    assert slugs == ["html"]


@pytest.mark.parametrize(
    ("raw", "expected", "slugs"),
    [
        ("Budget", "Budget", []),
        (" Ohio Emergency Management Agency ", "Ohio Emergency Management Agency", ["stray-whitespace"]),
        ("OIS  OWCP", "OIS OWCP", ["stray-whitespace"]),
        ("Parcels\n2019", "Parcels 2019", ["stray-whitespace"]),
        ("Centers for Medicare &amp; Medicaid", "Centers for Medicare & Medicaid", ["html-entities"]),
        ("Patients&#x27; Networks", "Patients' Networks", ["html-entities"]),
        ("<b>Bold</b> title", "Bold title", ["html"]),
        ("Receipts & Disbursements", "Receipts & Disbursements", []),
        ("untitled", None, ["placeholder"]),
        ("{{name}}", None, ["template-residue"]),
        (2019, "2019", []),
    ],
)
def test_titles_are_one_plain_line(raw: object, expected: str | None, slugs: list[str]) -> None:
    assert read(read_line, raw) == (expected, slugs)


def test_a_title_without_end_is_cut() -> None:
    line, slugs = read(read_line, "word " * 1000)
    assert line is not None
    assert len(line) == LINE_LIMIT
    assert slugs[-1] == "value-truncated"


@given(st.text(max_size=300))
def test_a_line_has_no_line_break_and_no_space_at_its_ends(raw: str) -> None:
    line, _ = read(read_line, raw)
    assert line is None or line == " ".join(line.split()) != ""


@given(st.text(max_size=300))
def test_reading_a_plain_text_again_changes_nothing(raw: str) -> None:
    once = plain(raw)
    if once is not None and "&" not in once and "<" not in once:
        assert plain(once) == once


def test_only_whole_values_are_placeholders() -> None:
    assert is_placeholder(" N/A ")
    assert is_placeholder("To Be Determined")
    assert not is_placeholder("Unknown soldiers buried in Arlington")
    assert not is_placeholder("pending")


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Parks & Recreation", "parks-and-recreation"),
        ("  Città di Torino! ", "citta-di-torino"),
        ("U.S. Department of Energy", "u-s-department-of-energy"),
        ("Straße", "strasse"),
        ("!!!", ""),
    ],
)
def test_slugs_are_readable_ascii(text: str, slug: str) -> None:
    assert slugify(text) == slug


def test_different_names_keep_different_slugs() -> None:
    assert slugify("统计局") != slugify("财政部")
    long = "Ministerio de Justicia y Derechos Humanos. " * 4
    assert slugify(long + "Secretaría A") != slugify(long + "Secretaría B")


@needs_shared
@pytest.mark.parametrize(
    ("feed", "identifier", "starts", "slugs"),
    [
        (
            "dcat-us/federal-2025/opm.data.json",
            "OPM-HCDMM-0015",
            "The Human Capital Integrated Business Framework (HC-FIBF) is the main common standards product "
            "for Federal Human Capital Management. The HC-FIBF",
            {"mojibake-repaired", "invisible-characters"},
        ),
        (
            "dcat-us/federal-2025/fda.data.json",
            "74aed734-91b4-41f2-8418-a0aae396f9ef",
            "Disclosure of reporting citations",
            {"replacement-character"},
        ),
        (
            ARCGIS + "04c-01_district-of-columbia_20201118.data.json",
            "https://opendata.dc.gov/datasets/71432cce5f3d40e799245d781ab8c00d_42",
            "DC Boundary stone locations. The dataset contains",
            {"html", "inline-css"},
        ),
        (
            ARCGIS + "03a-04_20220327.data.json",
            "https://open-iowa.opendata.arcgis.com/datasets/iowadnr::2020-impaired-lakes-of-iowa",
            "This dataset represents the centroids of lakes, reservoirs, and wetlands that were listed as "
            '"impaired" in Iowa\'s 2020',
            {"html-entities"},
        ),
    ],
)
def test_published_descriptions_are_readable(
    feed: str, identifier: str, starts: str, slugs: set[str]
) -> None:
    text, found = read(read_text, find(feed, identifier)[1]["description"])
    assert text is not None
    assert text.plain.startswith(starts)
    assert slugs <= set(found)


@needs_shared
def test_no_description_of_the_hubs_shows_tags_entities_or_style() -> None:
    dirt = re.compile(r"</?(?:p|div|span|br|b|font|li)\b[^<]*>|&(?:nbsp|amp|quot|lt|gt);|font-family:|\u00a0")
    read_texts = 0
    for feed in feeds(ARCGIS + "*.data.json*"):
        for _, dataset in records(feed):
            if text := plain(dataset.get("description")):
                assert not dirt.search(text), text[:300]
                read_texts += 1
    assert read_texts > 5_000
