"""The views of Socrata's assets: joined where they come, asked for where something is new, else no harm."""

import json
from pathlib import Path
from typing import Any

import pytest

from harvesters.kept_details import DAY, FORGOTTEN, KeptDetails
from mappings.schemas import map_record
from tests.harvesters.fetching import Fetched, harvest
from tests.portals import SocrataPortal


def name(number: int) -> str:
    return f"aaaa-{number:04d}"


def results(count: int) -> list[dict[str, Any]]:
    return [
        {
            "resource": {"id": name(number), "name": f"Roads {number}", "type": "dataset"},
            "metadata": {"domain": "127.0.0.1"},
        }
        for number in range(count)
    ]


def view(number: int, **more: Any) -> dict[str, Any]:
    attachment = {"name": "Dictionary", "filename": "dictionary.pdf", "assetId": "1-2-3"}
    return {
        "id": name(number),
        "metadata": {"attachments": [attachment]},
        "viewCount": 7,
        "columns": [{"fieldName": "x", "cachedContents": {"count": "12", "largest": "9", "top": []}}],
        **more,
    }


def portal_of(count: int, **views: dict[str, Any] | int) -> SocrataPortal:
    known = {name(number): view(number) for number in range(count)}
    return SocrataPortal(results(count), views=known | {key.replace("_", "-"): v for key, v in views.items()})


class Town:
    """One source whose runs share what is kept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._runs = 0

    def harvest(self, portal: SocrataPortal, **entry: Any) -> Fetched:
        self._runs += 1
        folder = self._folder / str(self._runs)
        options = {"details": True, "page_size": 4} | entry.pop("options", {})
        kept = self._folder / "kept" / "town.sqlite"
        return harvest(folder, "socrata", portal.url, kept=kept, options=options, **entry)


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


def digests(fetched: Fetched) -> dict[str | None, str]:
    return {record.identifier: record.digest for record in fetched.records}


def joined(fetched: Fetched) -> set[str | None]:
    return {record.identifier for record in fetched.records if b'"view"' in record.payload}


def test_each_asset_is_asked_for_once_and_its_view_is_joined(town: Town) -> None:
    with portal_of(10) as portal:
        fetched = town.harvest(portal)
        assert sorted(portal.asked_for()) == [name(number) for number in range(10)]
    assert fetched.verdict == (True, "", False)
    assert (len(fetched.records), len(joined(fetched))) == (10, 10)
    record = fetched.records[0]
    assert json.loads(record.payload)["view"] == {
        "columns": [{"fieldName": "x", "cachedContents": {"count": "12"}}],
        "metadata": view(0)["metadata"],
    }
    dataset = map_record(record.schema, record.payload).dataset
    assert [link.title for link in dataset.documentation] == ["Dictionary"]
    assert dataset.unmapped["rows"] == 12


def test_later_runs_ask_for_new_and_changed_assets_only(town: Town) -> None:
    with portal_of(6) as portal:
        first = town.harvest(portal)
        portal.seen.clear()
        portal.results[1]["resource"]["description"] = "Now described"
        portal.results.append(results(7)[6])
        portal.views[name(6)] = view(6)
        second = town.harvest(portal)
        assert portal.asked_for() == [name(1), name(6)]
    assert len(joined(second)) == 7
    changed = {key for key, digest in digests(second).items() if digests(first).get(key) != digest}
    assert changed == {name(1), name(6)}


def test_without_the_option_nobody_is_asked(town: Town) -> None:
    with portal_of(3) as portal:
        fetched = town.harvest(portal, options={"details": False})
        assert portal.asked_for() == []
    assert not joined(fetched)


@pytest.mark.parametrize("status", [403, 404, 401])
def test_what_is_refused_leaves_the_record_as_it_is_and_is_told(town: Town, status: int) -> None:
    with portal_of(6, aaaa_0002=status) as portal:
        first = town.harvest(portal)
        portal.seen.clear()
        second = town.harvest(portal)
        assert portal.asked_for() == []
    assert first.verdict == second.verdict == (True, "", False)
    assert len(first.records) == 6
    assert joined(first) == {name(number) for number in range(6)} - {name(2)}
    assert [(failure.slug, failure.url.rpartition("/")[2]) for failure in first.statement.failures] == [
        ("http-status", f"{name(2)}.json")
    ]
    assert digests(first) == digests(second)


@pytest.mark.parametrize("fault", [500, 403, 429])
def test_a_view_that_was_known_stays_known_when_it_fails_later(town: Town, fault: int) -> None:
    with portal_of(6) as portal:
        first = town.harvest(portal)
        portal.views[name(2)] = fault
        portal.results[2]["resource"]["name"] = "Renamed"
        second = town.harvest(portal)
        portal.results[2]["resource"]["name"] = "Roads 2"
        third = town.harvest(portal)
    assert second.verdict == (True, "", False)
    assert name(2) in joined(second)
    assert digests(second)[name(2)] != digests(first)[name(2)]
    assert digests(third) == digests(first), "no record flips between with and without"


def test_what_does_not_come_is_asked_for_again_after_the_others(town: Town) -> None:
    with portal_of(4, aaaa_0000=500, aaaa_0001=503) as portal:
        assert town.harvest(portal).verdict == (True, "", False)
        portal.seen.clear()
        portal.views |= {name(0): view(0), name(1): view(1)}
        portal.results[3]["resource"]["name"] = "Renamed"
        fetched = town.harvest(portal)
        assert portal.asked_for() == [name(3), name(0), name(1)]
    assert len(joined(fetched)) == 4


def test_a_row_of_failures_costs_the_catalogue_nothing(town: Town) -> None:
    broken = {f"aaaa_{number:04d}": 500 for number in range(4, 8)}
    with portal_of(12, **broken) as portal:
        fetched = town.harvest(portal)
    assert fetched.verdict == (True, "", False)
    assert len(fetched.records) == 12
    assert joined(fetched) == {name(number) for number in (*range(4), *range(8, 12))}


def test_where_no_details_come_at_all_the_run_is_incomplete_and_brings_the_catalogue(town: Town) -> None:
    with SocrataPortal(results(9), views={name(number): 500 for number in range(9)}) as portal:
        fetched = town.harvest(portal)
    assert fetched.verdict == (False, "details-missing", False)
    assert len(fetched.records) == 9


def test_a_portal_that_refuses_them_all_is_not_asked_for_all(town: Town) -> None:
    with SocrataPortal(results(60)) as portal:
        fetched = town.harvest(portal)
        assert len(portal.asked_for()) == 20
    assert fetched.verdict == (True, "", False)
    assert len(fetched.records) == 60


def test_details_leave_the_catalogue_its_time(town: Town) -> None:
    class Slow(SocrataPortal):
        def answer(self, handler: Any, seen: Any) -> None:
            if "/views/" in seen.path:
                import time

                time.sleep(0.4)
            super().answer(handler, seen)

    with Slow(results(40), views={name(number): view(number) for number in range(40)}) as portal:
        first = town.harvest(portal, run_budget=9)
        asked = len(portal.asked_for())
        second = town.harvest(portal, run_budget=9)
    assert first.verdict == second.verdict == (True, "", False)
    assert len(first.records) == len(second.records) == 40
    assert 0 < asked < 40
    assert joined(first) < joined(second)


def test_a_missing_page_spools_what_waits_for_details(town: Town) -> None:
    known = {name(number): view(number) for number in range(12)}
    with SocrataPortal(results(12), views=known, cut=frozenset({2})) as portal:
        fetched = town.harvest(portal)
    assert fetched.verdict == (False, "page-missing", False)
    assert {name(number) for number in range(4)} < set(digests(fetched))


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"a":1}', b'{"id": "x"', b"[" * 100_000])
def test_what_is_no_view_is_no_harm(town: Town, body: bytes) -> None:
    class Odd(SocrataPortal):
        def answer(self, handler: Any, seen: Any) -> None:
            from tests.portals.server import send

            if seen.path.endswith(f"{name(1)}.json"):
                send(handler, 200, body)
            else:
                super().answer(handler, seen)

    with Odd(results(5), views={name(number): view(number) for number in range(5)}) as portal:
        fetched = town.harvest(portal)
    assert fetched.verdict == (True, "", False)
    assert len(fetched.records) == 5
    assert name(1) not in joined(fetched)


def test_an_option_that_is_neither_true_nor_false_is_said_at_once(town: Town) -> None:
    with portal_of(1) as portal:
        assert town.harvest(portal, options={"details": "yes"}).verdict == (False, "bad-option", True)
        assert portal.seen == []


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def test_kept_details_are_asked_for_again_within_a_month_and_forgotten_after_three(tmp_path: Path) -> None:
    clock = Clock()
    path = tmp_path / "kept.sqlite"
    for _ in range(2):
        kept = KeptDetails(path, clock)
        for number in range(200):
            kept.keep(name(number), "d", b"{}")
        kept.close()
    kept = KeptDetails(path, clock)
    assert not any(kept.is_due(name(number), "d") for number in range(200))
    assert kept.is_due(name(0), "e")
    clock.now += 25 * DAY
    due = sum(kept.is_due(name(number), "d") for number in range(200))
    assert 50 < due < 150, "not all on one day"
    clock.now += 6 * DAY
    assert all(kept.is_due(name(number), "d") for number in range(200))
    assert kept.body(name(1)) == b"{}"
    clock.now += FORGOTTEN * DAY
    kept.close()
    assert KeptDetails(path, clock).body(name(1)) is None


@pytest.mark.parametrize("content", [b"", b"no database" * 1000, None])
def test_a_damaged_file_is_begun_anew(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "kept.sqlite"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    kept = KeptDetails(path)
    kept.keep("a", "d", b"{}")
    assert (kept.body("a"), kept.is_due("a", "d"), kept.is_due("b", "d")) == (b"{}", False, True)
    kept.close()
