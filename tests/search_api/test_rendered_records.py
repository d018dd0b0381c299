"""Feed entries that are kept are those that would be made now, whatever has changed, and never too many."""

from dataclasses import replace

import pytest

from dcat.rendered import Rendered
from search_api.hub import Hub
from search_api.rendered_records import RenderedRecords
from tests.search_api import hubs
from tests.search_api.browser import TestClient
from tests.search_api.hubs import BASE_URL, client_of
from tests.search_api.test_dataset_page import TOWN

FEED = "/data.json?source=town"


def ids(hub: Hub) -> list[str]:
    return [head.id for head in hub.store.heads()]


def by_id(rendered: RenderedRecords, hub: Hub) -> dict[str, Rendered]:
    return {one.id: one for one in rendered.of(ids(hub))}


@pytest.mark.parametrize("feed", ["/data.json?source=cms", "/data.json?q=health"])
def test_a_feed_is_the_same_when_it_is_built_again(client: TestClient, feed: str) -> None:
    first = client.get(feed)
    assert first.status_code == 200
    assert client.get(feed).content == first.content


def test_what_changes_is_in_the_next_feed(small: Hub) -> None:
    client = client_of(small)
    collection = [hubs.published("a"), hubs.published("b"), hubs.published("c", isPartOf="a")]
    hubs.bring_in(small.store, TOWN, collection)
    hubs.settle(small)
    assert [one["title"] for one in client.get(FEED).json()["dataset"]] == ["Plain dataset"] * 3
    edited = hubs.published("a", title="Another title")
    hubs.bring_in(small.store, TOWN, [edited, *collection[1:], hubs.published("d")], day=1)
    hubs.settle(small)
    entries = {one["identifier"]: one for one in client.get(FEED).json()["dataset"]}
    assert entries.keys() == {"a", "b", "c", "d"}
    assert entries["a"]["title"] == "Another title"
    assert entries["c"]["isPartOf"] == "a"


def test_a_portals_contact_is_in_the_next_feed_of_records_that_name_none(small: Hub) -> None:
    client = client_of(small)
    nameless = hubs.published("a")
    del nameless["contactPoint"]
    hubs.bring_in(small.store, TOWN, [nameless])
    hubs.settle(small)
    assert "missing-contact" in client.get(FEED).json()["detail"]
    for address in ("clerk@town.example", "mayor@town.example"):
        small.store.put_source(replace(TOWN, contact_name="Clerk", contact_email=address))
        (entry,) = client.get(FEED).json()["dataset"]
        assert entry["contactPoint"]["hasEmail"] == f"mailto:{address}"


def test_what_is_kept_is_read_and_not_made_again(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    rendered = RenderedRecords(hub.store, BASE_URL)
    first = by_id(rendered, hub)
    monkeypatch.setattr("search_api.rendered_records.render", None)
    assert by_id(rendered, hub) == first


def test_no_more_is_kept_than_may_be(hub: Hub) -> None:
    rendered, most = RenderedRecords(hub.store, BASE_URL), 100_000
    whole = by_id(rendered, hub)
    assert rendered.size > 2 * most
    small = RenderedRecords(hub.store, BASE_URL, most)
    for _ in range(3):
        assert by_id(small, hub) == whole
        assert 0 < small.size <= most
