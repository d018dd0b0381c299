"""URLs are strict, followable, and unchanged where they were good."""

from urllib.parse import quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rfc3986_validator import validate_rfc3986

from mappings.issue import IssueLog
from mappings.urls import URL_LIMIT, read_url
from tests.mappings.crosswalk import feeds, records
from tests.mappings.reading import read
from tests.shared_data import needs_shared


@pytest.mark.parametrize(
    "url",
    [
        "http://www.eia.gov/beta/international/",
        "https://data.gov",
        "https://data.gov:8080/a;b=c/d?e=f&g=h?i#j?k",
        "ftp://ftp.fbo.gov/datagov/FBOFullXML.xml",
        "https://opendata.dc.gov/datasets/DCGIS::x_1.geojson?outSR=%7B%22latestWkid%22%3A2966%7D",
        "https://metadata.phila.gov/#home/datasetdetails/5577/",
        "http://a_b.gov/x",
        "https://example.gov./x",
    ],
)
def test_a_good_url_is_returned_as_it_is(url: str) -> None:
    assert read(read_url, url) == (url, [])


@pytest.mark.parametrize(
    ("raw", "expected", "slugs"),
    [
        ("http://a.gov/2021 Average Costs.pdf", "http://a.gov/2021%20Average%20Costs.pdf", ["url-repaired"]),
        (
            'http://a.gov/x.csv?outSR={"wkid":2245}',
            "http://a.gov/x.csv?outSR=%7B%22wkid%22:2245%7D",
            ["url-repaired"],
        ),
        ("HTTP://WWW.ENERGY.GOV/DigitalStrategy", "http://www.energy.gov/DigitalStrategy", ["url-repaired"]),
        ("https://www.co.warren.oh.us\\warrengis", "https://www.co.warren.oh.us/warrengis", ["url-repaired"]),
        ("www.usa.gov/data", "http://www.usa.gov/data", ["url-repaired"]),
        ("http://http://a.gov/x", "http://a.gov/x", ["url-repaired"]),
        ("http:/a.gov/x", "http://a.gov/x", ["url-repaired"]),
        (" https://a.gov/x\n", "https://a.gov/x", ["url-repaired"]),
        ("http://a.gov/ü?q=é#ß", "http://a.gov/%C3%BC?q=%C3%A9#%C3%9F", ["url-repaired"]),
        ("http://bücher.example/", "http://xn--bcher-kva.example/", ["url-repaired"]),
        ("http://a.gov/100%", "http://a.gov/100%25", ["url-repaired"]),
        ("http://a.gov/a#b#c", "http://a.gov/a#b%23c", ["url-repaired"]),
        ("http://a.gov/[x]|y", "http://a.gov/%5Bx%5D%7Cy", ["url-repaired"]),
        (
            "ftp://WEBREAD:secret@ftp.outagamie.org/roll.zip",
            "ftp://ftp.outagamie.org/roll.zip",
            ["url-userinfo-dropped", "url-repaired"],
        ),
    ],
)
def test_what_can_be_repaired_is_repaired(raw: str, expected: str, slugs: list[str]) -> None:
    assert read(read_url, raw) == (expected, slugs)


@pytest.mark.parametrize(
    ("raw", "slug"),
    [
        ("javascript:alert(1)", "invalid-url"),
        ("JavaScript:alert(1)//http://a.gov", "invalid-url"),
        ("javascript://a.gov/%0aalert(1)", "invalid-url"),
        ("http:javascript://a.gov/%0aalert(1)", "invalid-url"),
        ("data:text/html,<script>", "invalid-url"),
        ("vbscript:x", "invalid-url"),
        ("file:///etc/passwd", "invalid-url"),
        ("mailto:a@b.gov", "invalid-url"),
        ("/relative/path", "invalid-url"),
        ("//a.gov/x", "invalid-url"),
        ("http://", "invalid-url"),
        ("http:///", "invalid-url"),
        ("http://a b.gov/", "invalid-url"),
        ("http://a..gov/", "invalid-url"),
        ("http://[::1]/", "invalid-url"),
        ("http://a.gov:99999/", "invalid-url"),
        ("https://http2://bucket.example/x.zip", "invalid-url"),
        ("http://a.gov/" + "x" * URL_LIMIT, "invalid-url"),
        ("20 KB", "invalid-url"),
        ("Variable", "invalid-url"),
        ("N/A", "placeholder"),
        ("{{landingPage}}", "template-residue"),
        ("http://a.gov/{{id}}", "template-residue"),
        (["http://a.gov", "http://b.gov"], "wrong-type"),
    ],
)
def test_what_nobody_can_follow_is_none(raw: object, slug: str) -> None:
    assert read(read_url, raw) == (None, [slug])


@pytest.mark.parametrize("raw", ["ftp://u:hunter2@h.gov/a b", "http://u:hunter2@", "u:hunter2@http://x"])
def test_a_password_reaches_no_message(raw: str) -> None:
    log = IssueLog()
    read_url(raw, "accessURL", log)
    assert log.issues != []
    assert not any("hunter2" in issue.message for issue in log.issues)


@given(
    st.sampled_from(["http://", "https://", "ftp://", "HTTP:/", "www."]),
    st.text(st.characters(exclude_categories=()), max_size=60),
)
def test_every_url_read_is_strict_and_followable(scheme: str, rest: str) -> None:
    url, _ = read(read_url, scheme + rest)
    if url is not None:
        assert validate_rfc3986(url)
        parts = urlsplit(url)
        assert parts.scheme in {"http", "https", "ftp"}
        assert parts.hostname
        assert parts.username is None
        assert parts.port is None or parts.port < 65_536
        assert read(read_url, url) == (url, [])


@given(st.text(min_size=1, max_size=30).filter(lambda name: name.strip() == name))
def test_encoding_means_the_same_file(name: str) -> None:
    encoded = "http://a.gov/" + quote(name, safe="")
    assert read(read_url, encoded)[0] == encoded


@needs_shared
def test_all_but_a_few_urls_of_the_hubs_are_good_as_published() -> None:
    unread = set()
    read_urls = 0
    for feed in feeds("arcgis-hub/latest/*.data.json*"):
        for _, dataset in records(feed):
            for distribution in dataset["distribution"]:
                for field in ("accessURL", "downloadURL"):
                    if raw := distribution.get(field):
                        url, slugs = read(read_url, raw)
                        read_urls += 1
                        if url is None:
                            unread.add(raw)
                        elif not slugs:
                            assert url == raw
    assert read_urls > 30_000
    assert unread == {
        "http://ttp://www.pickaway.org/GIS_files/GIS.htm",
        "https://http2://iowageodata2.s3.us-east-2.amazonaws.com/geoscientificInformation/surficial/soils/RUSLE.zip",
    }
