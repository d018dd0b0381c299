"""Details of Socrata's assets through the whole hub: kept in its home, and no change where none is."""

from pathlib import Path
from typing import Any

from harvesters.portal import Portal
from hubsearch.cli.progress import Silence
from hubsearch.harvesting import harvest
from hubsearch.hub import open_hub
from hubsearch.settings import read_settings
from index.store import Run
from tests.portals import SocrataPortal

NAMES = [f"aaaa-{number:04d}" for number in range(6)]


def results() -> list[dict[str, Any]]:
    return [
        {"resource": {"id": name, "name": f"Roads {name}"}, "metadata": {"domain": "127.0.0.1"}}
        for name in NAMES
    ]


def view(name: str) -> dict[str, Any]:
    return {"id": name, "metadata": {"attachments": [{"name": "Dictionary", "assetId": "1"}]}}


def run_of(home: Path, portal: SocrataPortal, **how: bool) -> Run:
    portal.seen.clear()
    entry = Portal("roads", "socrata", portal.url, allow_private=True, options={"details": True})
    with open_hub(read_settings({"HUBSEARCH_HOME": str(home)})) as hub:
        (run,) = harvest(hub, [entry], Silence(), **how)
        assert {len(record.dataset.documentation) for record in hub.store.live_records()} <= {0, 1}
        return run


def test_a_second_harvest_asks_for_no_details_and_changes_nothing(tmp_path: Path) -> None:
    home = tmp_path / "hub"
    with SocrataPortal(results(), views={name: view(name) for name in NAMES}) as portal:
        assert run_of(home, portal).added == 6
        assert sorted(portal.asked_for()) == NAMES
        assert (home / "kept" / "roads.sqlite").is_file()
        run = run_of(home, portal)
        assert (run.unchanged, portal.asked_for()) == (6, [])
        portal.views[NAMES[2]] = 500
        portal.results[2]["resource"]["description"] = "Now described"
        run = run_of(home, portal)
        assert (run.status, run.updated, run.unchanged) == ("ok", 1, 5)
        run_of(home, portal, full=True)
        assert set(portal.asked_for()) == set(NAMES)
