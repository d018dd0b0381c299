"""Retry-After, document addresses, reasons, settings: the small rules."""

import re
from pathlib import Path

import pytest

import harvesters
from harvesters.portal import Portal
from harvesters.registry import HARVESTERS, spider_class
from harvesters.retry import retry_after
from harvesters.run_slugs import RUN_SLUGS, means_failed
from harvesters.settings import scrapy_settings
from harvesters.types.dcat_us import document_url
from harvesters.types.socrata import discovery_url, domain

NOW = 1_700_000_000.0  # Tue, 14 Nov 2023 22:13:20 GMT


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, 0),
        (b"120", 120),
        (b" 2 ", 2),
        (b"Tue, 14 Nov 2023 22:14:20 GMT", 60),
        (b"Tue, 14 Nov 2023 22:00:00 GMT", 0),
        (b"soon", 0),
        (b"-5", 0),
        (b"1" * 400, 0),
        ("²".encode("latin-1"), 0),
        (b"\xff", 0),
    ],
)
def test_retry_after_is_a_number_a_date_or_nothing(header: bytes | None, seconds: float) -> None:
    assert retry_after(header, NOW) == seconds


@pytest.mark.parametrize(
    ("url", "document"),
    [
        ("https://x.gov", "https://x.gov/data.json"),
        ("https://x.gov/", "https://x.gov/data.json"),
        ("https://x.gov/data.json", "https://x.gov/data.json"),
        ("https://x.gov/open/", "https://x.gov/open/"),
        ("https://x.gov/?format=dcat", "https://x.gov/?format=dcat"),
    ],
)
def test_a_sites_root_means_its_data_json(url: str, document: str) -> None:
    assert document_url(url) == document


def test_discovery_is_asked_on_the_portals_own_host_unless_told_otherwise() -> None:
    own = Portal("x", "socrata", "https://data.ct.gov/browse")
    assert (discovery_url(own), domain(own)) == ("https://data.ct.gov/api/catalog/v1", "data.ct.gov")
    options = {
        "discovery_url": "https://api.us.socrata.com/api/catalog/v1?x=1",
        "domain": "data.x.us",
    }
    other = Portal("x", "socrata", "https://opendata.nyc.gov", options=options)
    assert discovery_url(other) == "https://api.us.socrata.com/api/catalog/v1"
    assert domain(other) == "data.x.us"


def test_every_slug_that_is_raised_is_explained() -> None:
    raised = re.compile(r"(?:FetchError|BodyError|JsonStreamError|incomplete|complete)\(\s*\"([a-z-]+)\"")
    found = set()
    for path in Path(harvesters.__file__).parent.rglob("*.py"):
        found |= set(raised.findall(path.read_text()))
    assert len(found) > 20
    assert found <= set(RUN_SLUGS)


def test_a_cut_run_is_incomplete_and_an_unreachable_one_has_failed() -> None:
    assert not means_failed("cut")
    assert means_failed("unreachable")
    assert means_failed("something new")


@pytest.mark.parametrize("portal_type", sorted(HARVESTERS))
def test_every_type_has_a_spider_whose_docstring_is_its_manual(portal_type: str) -> None:
    spider = spider_class(portal_type)
    assert spider.type == portal_type
    assert "Complete:" in (spider.__doc__ or "")


def test_only_other_peoples_servers_are_throttled() -> None:
    public = scrapy_settings(Portal("x", "socrata", "https://x.gov"), "ua")
    assert public["AUTOTHROTTLE_ENABLED"] is True
    private = scrapy_settings(Portal("x", "socrata", "http://x", allow_private=True), "ua")
    assert private["AUTOTHROTTLE_ENABLED"] is False
    handlers = public["DOWNLOAD_HANDLERS"]
    assert {scheme for scheme, handler in handlers.items() if handler} == {"http", "https"}
