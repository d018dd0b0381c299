"""The hub's own feed after each harvest, in the home or in the store: written when something changed, held
back when it shrinks, and the same on every machine."""

import gzip
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dcat.publish import gzip_path
from hubsearch.feed_copies import PublishedFeeds, published_feeds
from hubsearch.feed_places import FEED
from hubsearch.hub import Hub, open_hub
from hubsearch.publishing import feed_place, publish_feeds
from hubsearch.settings import Settings, read_settings
from hubsearch.work.attendants import publishing
from index.store import Source, StoreError, feeds
from search_api.app import create_app
from search_api.hub import Hub as WebHub
from tests.search_api.browser import TestClient
from tests.search_api.hubs import bring_in, published

TOWN = Source("town", "dcat-us", "https://town.example/", "Town", "Town of Example", "city")


in_the_store = pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
in_the_home = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    names = {"HUBSEARCH_HOME": str(tmp_path / "hub"), "HUBSEARCH_BASE_URL": "https://hub.example"}
    if request.param == "postgresql":
        names["HUBSEARCH_STORE"] = request.getfixturevalue("postgres_url")
    return read_settings(names)


@pytest.fixture
def hub(settings: Settings) -> Iterator[Hub]:
    with open_hub(settings) as opened:
        yield opened


@pytest.fixture
def machines(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[PublishedFeeds]]:
    """Two web processes, as if on two machines, that look at every request whether there is a newer feed."""
    monkeypatch.setattr("hubsearch.feed_copies.LOOKED_AFTER", 0.0)
    both = [published_feeds(hub.store, hub.settings) for _ in range(2)]
    yield both
    for one in both:
        one.close()


def harvest(hub: Hub, *numbers: int) -> None:
    bring_in(hub.store, TOWN, [published(f"road-{number}", f"Road {number}") for number in numbers])


def browser(hub: Hub, files: PublishedFeeds) -> TestClient:
    web = WebHub(
        hub.store,
        hub.search,
        hub.engine,
        hub.settings.base_url,
        files.folder,
        hub.settings.now,
        renew_feeds=files.renew,
    )
    return TestClient(create_app(web), base_url=hub.settings.base_url)


def test_every_machine_serves_the_published_feed_with_the_same_validators(
    hub: Hub, machines: list[PublishedFeeds]
) -> None:
    clients = [browser(hub, files) for files in machines]
    assert [client.get("/data.json").status_code for client in clients] == [404, 404]
    for upto in (3, 5):
        harvest(hub, *range(upto))
        assert hub.publish() is None
        answers = [client.get("/data.json") for client in clients]
        assert [len(answer.json()["dataset"]) for answer in answers] == [upto, upto]
        for name in ("etag", "last-modified", "content-encoding", "content-length"):
            assert answers[0].headers[name] == answers[1].headers[name], name
        tag = {"If-None-Match": answers[0].headers["etag"]}
        assert clients[1].get("/data.json", headers=tag).status_code == 304
        plain = clients[1].get("/data.json", headers={"Accept-Encoding": "identity"}).content
        assert gzip.decompress(gzip_path(machines[0].folder / FEED).read_bytes()) == plain


def test_nothing_changed_nothing_is_written(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    harvest(hub, 1, 2)
    assert publish_feeds(hub.store, hub.settings) is not None
    harvest(hub, 1, 2)

    def never(*_: object) -> None:
        raise AssertionError("the records were read")

    with monkeypatch.context() as patched:
        patched.setattr("hubsearch.publishing.every_record", never)
        assert publish_feeds(hub.store, hub.settings) is None
        assert publish_feeds(hub.store, hub.settings, allow_shrink=True) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda hub: harvest(hub, 1, 2, 3),
        lambda hub: hub.store.put_source(replace(TOWN, contact_email="clerk@town.example")),
        lambda hub: hub.store.put_source(replace(TOWN, title="Another name")),
        lambda hub: hub.store.remove_source("town"),
    ],
    ids=["a record", "a contact", "a title", "a portal removed"],
)
def test_what_changes_the_feed_publishes_it_again(hub: Hub, change: object) -> None:
    harvest(hub, 1, 2)
    publish_feeds(hub.store, hub.settings)
    assert callable(change)
    change(hub)
    assert publish_feeds(hub.store, hub.settings, allow_shrink=True) is not None


def test_another_address_or_another_release_publishes_it_again(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    harvest(hub, 1, 2)
    publish_feeds(hub.store, hub.settings)
    moved = replace(hub.settings, base_url="https://data.example")
    assert publish_feeds(hub.store, moved) is not None
    monkeypatch.setattr("hubsearch.feed_key.code_version", lambda: "later")
    assert publish_feeds(hub.store, moved) is not None
    assert publish_feeds(hub.store, moved) is None


def test_a_feed_written_anew_with_the_same_content_keeps_its_version(
    hub: Hub, machines: list[PublishedFeeds], monkeypatch: pytest.MonkeyPatch
) -> None:
    harvest(hub, 1, 2)
    hub.publish()
    client = browser(hub, machines[0])
    before = client.get("/data.json").headers
    monkeypatch.setattr("hubsearch.feed_key.code_version", lambda: "later")
    assert publish_feeds(hub.store, hub.settings) is not None
    after = client.get("/data.json").headers
    assert (before["etag"], before["last-modified"]) == (after["etag"], after["last-modified"])


def test_a_feed_that_shrinks_is_held_back_until_an_operator_allows_it(
    hub: Hub, machines: list[PublishedFeeds]
) -> None:
    """The version to compare with may have been published by another machine, whose files are not here."""
    harvest(hub, *range(20))
    hub.publish()
    hub.store.remove_source("town")
    harvest(hub, *range(8))
    for _ in range(2):  # said at every harvest, not once
        assert "from 20 to 8 datasets" in (hub.publish() or "")
    client = browser(hub, machines[0])
    assert len(client.get("/data.json").json()["dataset"]) == 20
    assert hub.publish(allow_shrink=True) is None
    assert len(client.get("/data.json").json()["dataset"]) == 8


def test_a_feed_of_nothing_is_404_on_every_machine_and_never_an_empty_list(
    hub: Hub, machines: list[PublishedFeeds]
) -> None:
    harvest(hub, 1, 2)
    hub.publish()
    clients = [browser(hub, files) for files in machines]
    assert clients[0].get("/data.json").status_code == 200
    hub.store.remove_source("town")
    hub.publish(allow_shrink=True)
    assert [client.get("/data.json").status_code for client in clients] == [404, 404]
    assert list(machines[0].folder.glob(f"{FEED}*")) in ([], [machines[0].folder / f"{FEED}.key"])


def test_two_that_publish_at_once_leave_the_later_state(
    hub: Hub, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While this process reads its records, another one changes them and publishes."""
    harvest(hub, 1, 2)
    from search_api.feed_records import every_record

    overtaken = False

    def slowly(*given: object) -> object:
        nonlocal overtaken
        records = list(every_record(*given))  # type: ignore[arg-type]
        if not overtaken:
            overtaken = True
            harvest(hub, 1, 2, 3)
            publish_feeds(hub.store, settings)
        return records

    monkeypatch.setattr("hubsearch.publishing.every_record", slowly)
    publish_feeds(hub.store, settings)
    publish_feeds(hub.store, settings)
    files = published_feeds(hub.store, settings)
    files.renew()
    assert (files.folder / FEED).read_bytes().count(b'"identifier"') == 3
    files.close()


@in_the_store
def test_a_copy_is_looked_after_at_most_once_a_second(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hubsearch.feed_copies.LOOKED_AFTER", 3600.0)
    looks: list[str] = []
    present = feeds.present
    monkeypatch.setattr(feeds, "present", lambda *given: looks.append("look") or present(*given))
    files = published_feeds(hub.store, hub.settings)
    for _ in range(5):
        files.renew()
    assert len(looks) == 1
    files.close()


@in_the_store
def test_with_the_store_away_the_copy_is_still_served(
    hub: Hub, machines: list[PublishedFeeds], monkeypatch: pytest.MonkeyPatch
) -> None:
    harvest(hub, 1, 2)
    hub.publish()
    has_copy, has_none = (browser(hub, files) for files in machines)
    assert has_copy.get("/data.json").status_code == 200

    def away(*_: object) -> None:
        raise StoreError("the store is away")

    monkeypatch.setattr(feeds, "present", away)
    assert has_copy.get("/data.json").status_code == 200
    refused = has_none.get("/data.json")
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "30")
    monkeypatch.undo()
    assert has_none.get("/data.json").status_code == 200


@in_the_store
def test_the_copies_of_killed_processes_go_and_those_of_others_stay(
    hub: Hub,
) -> None:
    alive = published_feeds(hub.store, hub.settings)
    copies = hub.settings.home / "copies"
    killed = copies / "killed"
    killed.mkdir()
    (killed / "lock").touch()
    (killed / FEED).write_bytes(b"{}")
    again = published_feeds(hub.store, hub.settings)
    assert not killed.exists()
    assert alive.folder.exists()
    for files in (alive, again):
        files.close()
    assert list(copies.iterdir()) == []


@in_the_store
def test_a_full_disk_is_503_and_the_copy_before_stays(
    hub: Hub, machines: list[PublishedFeeds], monkeypatch: pytest.MonkeyPatch
) -> None:
    has_copy, has_none = (browser(hub, files) for files in machines)
    harvest(hub, 1, 2)
    hub.publish()
    assert has_copy.get("/data.json").status_code == 200
    harvest(hub, 1, 2, 3)
    hub.publish()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("hubsearch.feed_copies.shutil.copyfileobj", full)
        assert len(has_copy.get("/data.json").json()["dataset"]) == 2
        assert has_none.get("/data.json").status_code == 503
    assert len(has_copy.get("/data.json").json()["dataset"]) == 3


@in_the_home
def test_a_feed_put_there_by_hand_is_replaced_at_the_next_harvest(hub: Hub) -> None:
    harvest(hub, 1, 2)
    hub.publish()
    target = hub.settings.feeds / FEED
    right = target.read_bytes()
    for wrong in (b'{"dataset": []}', right[:-1] + b" "):
        target.write_bytes(wrong)
        os.utime(target, ns=(time.time_ns(), time.time_ns() + 10**9))
        assert feed_place(hub.store, hub.settings).key() is None
        assert publish_feeds(hub.store, hub.settings) is not None
        assert target.read_bytes() == right


def test_a_worker_publishes_a_changed_contact_although_no_record_changed(
    hub: Hub, machines: list[PublishedFeeds]
) -> None:
    nameless = published("road-1", "Road 1")
    del nameless["contactPoint"]
    bring_in(hub.store, TOWN, [nameless, published("road-2", "Road 2")])
    step = publishing(hub, lambda message: None)
    step()
    assert browser(hub, machines[0]).get("/data.json").text.count('"identifier"') == 1
    hub.store.put_source(replace(TOWN, contact_name="Clerk", contact_email="clerk@town.example"))
    step()
    assert browser(hub, machines[0]).get("/data.json").text.count('"identifier"') == 2
