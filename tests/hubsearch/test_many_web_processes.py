"""Several web processes over one hub: what one process brings in, all of them show, and each answer is of one
state."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Outcome, run_command
from tests.hubsearch.grown import SIZES, environment_of
from tests.hubsearch.served import Served
from tests.hubsearch.test_harvest import Portal, entry, portal_on_loopback

SOON = 20.0
"""Seconds to see something that is there within one: the machine of the tests may be busy."""


class Town:
    """A hub of one portal, and two `serve` instances over it, the second with two processes."""

    def __init__(self, home: Path, environment: dict[str, str], portal: Portal) -> None:
        self.home, self.environment, self.portal = home, environment, portal
        self.instances: list[Served] = []

    def command(self, *words: str) -> Outcome:
        done = run_command(self.home, *words, **self.environment)
        assert done.status == 0, done.stderr
        return done

    def harvest(self, *records: int) -> None:
        """Publish these records, if any are named, and harvest the portal."""
        if records:
            self.portal.publish(*records)
        self.command("harvest", "roads")

    def search(self, instance: Served, query: str = "limit=100") -> dict[str, Any]:
        answer = instance.get(f"/search.json?{query}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def all_show(self, total: int, query: str = "limit=100") -> None:
        """Wait until every process does: each answers some of so many questions in a row."""
        for instance in self.instances:
            instance.wait_until(
                lambda one=instance: all(self.search(one, query)["total"] == total for _ in range(10)), SOON
            )


@pytest.fixture(params=SIZES)
def town(request: pytest.FixtureRequest, hub_home: Path) -> Iterator[Town]:
    """Of one harvest; it takes half a minute to build, so one test asks all of it."""
    hub_home.mkdir()
    environment = environment_of(request.param, request, hub_home)
    with portal_on_loopback() as portal, ExitStack() as stack:
        portal.publish(*range(20))
        made = Town(hub_home, environment, portal)
        url = f"http://127.0.0.1:{portal.server_address[1]}/data.json"
        options = ("--id", "roads", "--type", "dcat-us", "--allow-private", "--option", "grace_days=0")
        made.command("source", "add", url, *options)
        made.harvest()
        for workers in (1, 2):
            served = Served(hub_home, workers=workers, environment=environment)
            made.instances.append(stack.enter_context(served))
        yield made


def a_harvest_is_seen_and_no_answer_mixes_two_states(town: Town) -> None:
    states: set[tuple[int, int, int]] = set()
    over = threading.Event()

    def watch(instance: Served) -> None:
        while not over.is_set():
            found = town.search(instance)
            counted = sum(value["count"] for value in found["facets"]["source"])
            states.add((found["total"], counted, found["all_total"]))

    watching = [threading.Thread(target=watch, args=(one,)) for one in town.instances]
    for thread in watching:
        thread.start()
    town.harvest(*range(40))
    town.all_show(40)
    over.set()
    for thread in watching:
        thread.join()
    assert states == {(30, 30, 30), (40, 40, 40)}


def a_changed_record_and_a_new_label_are_seen(town: Town) -> None:
    """Cards and labels are kept between searches; another state of the index drops them."""
    for instance in town.instances:
        assert "Department of Roads" in str(town.search(instance, "q=bridge+7")["facets"]["publisher"])
    records = [entry(number) for number in range(20)]
    records[7] |= {"title": "Tunnels of the county", "publisher": {"name": "Office of Tunnels"}}
    town.portal.body = json.dumps({"dataset": records}).encode()
    town.harvest()
    town.all_show(1, "q=tunnels")
    for instance in town.instances:
        for _ in range(6):
            found = town.search(instance, "q=tunnels")
            assert found["results"][0]["title"] == "Tunnels of the county"
            assert [one["label"] for one in found["facets"]["publisher"]] == ["Office of Tunnels"]


def a_renamed_source_is_shown_by_its_new_name(town: Town) -> None:
    portals = town.home / "portals.toml"
    text = portals.read_text(encoding="utf-8")
    renamed = re.sub(r"(?m)^title = .*$", 'title = "Roads and bridges"', text)
    assert renamed != text
    portals.write_text(renamed, encoding="utf-8")
    town.harvest()
    for instance in town.instances:
        instance.wait_until(
            lambda one=instance: all(
                town.search(one)["facets"]["source"][0]["label"] == "Roads and bridges" for _ in range(8)
            ),
            SOON,
        )


def a_built_index_is_seen(town: Town) -> None:
    for _ in range(2):
        town.command("index", "build")
        town.all_show(20)


def the_published_feed_is_the_same(town: Town) -> None:
    for upto in (20, 30):
        town.harvest(*range(upto))
        for instance in town.instances:
            instance.wait_until(
                lambda one=instance, n=upto: len(one.get("/data.json").json()["dataset"]) == n, SOON
            )
        tags = {one.get("/data.json").headers["etag"] for one in town.instances for _ in range(6)}
        assert len(tags) == 1


def test_what_one_process_brings_in_all_of_them_show(town: Town) -> None:
    for what_is_seen, stored in (
        (a_changed_record_and_a_new_label_are_seen, 20),
        (a_renamed_source_is_shown_by_its_new_name, 20),
        (a_built_index_is_seen, 20),
        (the_published_feed_is_the_same, 20),
        (a_harvest_is_seen_and_no_answer_mixes_two_states, 30),
    ):
        town.harvest(*range(stored))
        town.all_show(stored)
        what_is_seen(town)
