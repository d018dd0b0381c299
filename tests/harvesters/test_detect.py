"""Finding out a portal's type: what is recognised, and what is said when nothing is."""

import pytest

from harvesters.detect import Detected, DetectionError, detect
from harvesters.probes import Answered, find_dcat_us, find_socrata_catalog, find_socrata_metadata
from tests.portals import Answer, SocrataPortal, StaticPortal
from tests.shared_data import load_lines, needs_shared, open_feed

PAGE = Answer(b"<html><title>Open data</title>", headers={"Content-Type": "text/html; charset=utf-8"})


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
        found = detect(portal.url + "browse?q=x", allow_private=True)
    assert (found.type, found.url) == ("socrata", portal.url)


@needs_shared
def test_a_document_is_found_below_a_page() -> None:
    feed = Answer(open_feed("dcat-us/federal-2019/exim.data.json"))
    with StaticPortal({"/": PAGE, "/data.json": feed}) as portal:
        found = detect(portal.url, allow_private=True)
        assert found == Detected("dcat-us", f"{portal.url}data.json", found.evidence)
        assert "conformsTo" in found.evidence[0]
        assert portal.paths() == ["/", "/api/catalog/v1", "/api/views/metadata/v1", "/data.json"]


def test_nothing_known_is_said_with_what_was_seen() -> None:
    with StaticPortal({"/": PAGE}) as portal, pytest.raises(DetectionError) as caught:
        detect(portal.url, allow_private=True)
    message = str(caught.value)
    assert f"{portal.url}: status 200, text/html" in message
    assert f"{portal.url}data.json: status 404" in message
    assert "--type" in message


def test_a_private_address_needs_permission_and_is_not_asked() -> None:
    with StaticPortal({"/": PAGE}) as portal:
        with pytest.raises(DetectionError, match="allow_private"):
            detect(portal.url)
        assert portal.seen == []
