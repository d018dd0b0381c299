"""CKAN portals asked for what has changed since they were read whole."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from harvesters.ckan_changes import Changes
from harvesters.fetch_error import FetchError
from harvesters.portal import Portal
from mappings.source_record import Validators
from tests.harvesters.fetching import Fetched, harvest
from tests.portals import CkanPortal

SWEPT = {"sweep": "weekly", "page_size": 50}


def packages(count: int, changed: str = "2026-01-01T00:00:00.5") -> list[dict[str, Any]]:
    return [
        {"id": f"{number:06d}", "name": f"roads-{number}", "title": "Roads", "metadata_modified": changed}
        for number in range(count)
    ]


def fetch(folder: Path, portal: CkanPortal, known: Validators | None, **options: Any) -> Fetched:
    return harvest(folder, "ckan", portal.url, known=known, options=SWEPT | options)


def asked(portal: CkanPortal) -> list[str | None]:
    return [seen.query.get("fq") for seen in portal.seen if seen.path.endswith("package_search")]


def test_the_first_run_reads_all_and_says_from_when_to_ask(tmp_path: Path) -> None:
    with CkanPortal(packages(120)) as portal:
        fetched = fetch(tmp_path / "1", portal, None)
        assert asked(portal) == [None] * 3
    assert fetched.verdict == (True, "", False)
    assert not fetched.statement.changes_only
    known = fetched.statement.validators
    assert known is not None
    assert (known.url, known.etag) == (f"{portal.url}api/3/action/package_search", None)
    assert known.last_modified == "2026-01-01T00:00:00.500000+00:00"


def test_the_next_asks_for_what_has_changed_with_an_hours_overlap(tmp_path: Path) -> None:
    with CkanPortal(packages(120)) as portal:
        known = fetch(tmp_path / "1", portal, None).statement.validators
        portal.packages[7]["metadata_modified"] = "2026-01-03T00:00:00"
        portal.packages.append(packages(1, "2025-12-31T23:30:00")[0] | {"id": "z", "name": "z"})
        for package in portal.packages[:5]:
            package["metadata_modified"] = "2025-06-01T00:00:00"
        portal.seen.clear()
        fetched = fetch(tmp_path / "2", portal, known)
        assert set(asked(portal)) == {"metadata_modified:[2025-12-31T23:00:00Z TO *]"}
    assert fetched.verdict == (True, "changes-only", False)
    assert fetched.statement.changes_only
    assert fetched.statement.validators is None
    assert len(fetched.records) == 116
    assert "000001" not in {record.identifier for record in fetched.records}


def test_nothing_changed_is_a_run_without_records(tmp_path: Path) -> None:
    with CkanPortal(packages(9)) as portal:
        fetched = fetch(
            tmp_path, portal, Validators(f"{portal.url}api/3/action/package_search", None, "2026-02-01")
        )
    assert fetched.verdict == (True, "changes-only", False)
    assert fetched.records == []


def test_changes_are_paged_and_a_missing_page_is_incomplete(tmp_path: Path) -> None:
    with CkanPortal(packages(120), missing=frozenset({2})) as portal:
        known = Validators(f"{portal.url}api/3/action/package_search", None, "2025-12-01")
        fetched = fetch(tmp_path, portal, known)
    assert fetched.verdict == (False, "page-missing", False)
    assert fetched.statement.changes_only
    assert len(fetched.records) == 50


def test_the_filter_of_the_entry_holds_as_well(tmp_path: Path) -> None:
    with CkanPortal(packages(3)) as portal:
        known = Validators(f"{portal.url}api/3/action/package_search", None, "2026-01-01")
        fetched = fetch(tmp_path, portal, known, fq="organization:roads")
        assert asked(portal) == ["(organization:roads) AND metadata_modified:[2025-12-31T23:00:00Z TO *]"]
    assert len(fetched.records) == 3


def test_a_portal_that_does_not_understand_the_filter_is_read_whole(tmp_path: Path) -> None:
    with CkanPortal(packages(60)) as portal:
        portal.filters = False
        known = Validators(f"{portal.url}api/3/action/package_search", None, "2026-01-01")
        fetched = fetch(tmp_path, portal, known)
        assert asked(portal)[1:] == [None, None]
    assert fetched.verdict == (True, "", False)
    assert not fetched.statement.changes_only
    assert fetched.statement.validators is not None
    assert len(fetched.records) == 60


def test_dkan_is_read_whole_every_time(tmp_path: Path) -> None:
    with CkanPortal(packages(60), dkan=True) as portal:
        known = Validators(f"{portal.url}api/3/action/package_search", None, "2026-01-01")
        fetched = fetch(tmp_path, portal, known)
    assert fetched.verdict == (True, "", False)
    assert (fetched.statement.changes_only, fetched.statement.validators) == (False, None)
    assert len(fetched.records) == 60


@pytest.mark.parametrize("sweep", [None, "weekly"])
@pytest.mark.parametrize("elsewhere", [False, True])
def test_only_this_portals_own_word_lets_it_be_asked_for_changes(
    tmp_path: Path, sweep: str | None, elsewhere: bool
) -> None:
    with CkanPortal(packages(3)) as portal:
        url = "https://other.example/" if elsewhere else portal.url
        known = Validators(f"{url}api/3/action/package_search", None, "2026-01-01")
        options = {"sweep": sweep} if sweep else {}
        fetched = harvest(tmp_path, "ckan", portal.url, known=known, options=options)
    assert fetched.statement.changes_only == (sweep is not None and not elsewhere)
    assert (fetched.statement.validators is not None) == (sweep is not None and elsewhere)


@pytest.mark.parametrize("changed", [None, "soon", 7, "", "0001-01-01T00:00:00"])
def test_packages_that_do_not_say_when_they_changed_are_read_whole(tmp_path: Path, changed: Any) -> None:
    found = packages(5)
    found[3]["metadata_modified"] = changed
    with CkanPortal(found) as portal:
        fetched = fetch(tmp_path, portal, None)
    assert fetched.verdict == (True, "", False)
    assert fetched.statement.validators is None


def test_a_package_of_the_future_hides_no_change(tmp_path: Path) -> None:
    before = datetime.now(UTC)
    with CkanPortal([*packages(3), packages(1, "2999-01-01T00:00:00")[0] | {"id": "z"}]) as portal:
        known = fetch(tmp_path, portal, None).statement.validators
    assert known is not None
    moment = datetime.fromisoformat(known.last_modified or "")
    assert before - timedelta(seconds=2) <= moment <= datetime.now(UTC)


@pytest.mark.parametrize("sweep", ["never", "sometimes", 7, True, ""])
def test_an_impossible_sweep_is_said_at_once(tmp_path: Path, sweep: Any) -> None:
    with CkanPortal(packages(1)) as portal:
        assert fetch(tmp_path, portal, None, sweep=sweep).verdict == (False, "bad-option", True)
        assert portal.seen == []


def test_the_overlap_is_never_shorter_than_a_run_may_take() -> None:
    known = Validators("a", None, "2026-01-02T00:00:00+00:00")
    portal = Portal("p", "ckan", "https://p.example", run_budget=7_200, options={"sweep": "weekly"})
    assert Changes.of(portal, "a", known).since == datetime(2026, 1, 1, 22, tzinfo=UTC)
    with pytest.raises(FetchError, match="sweep"):
        Changes.of(Portal("p", "ckan", "https://p.example", options={"sweep": "x"}), "a", known)
