"""A hub that is killed anywhere loses nothing it acknowledged; the long form is `benchmarks.faults.kills`."""

from pathlib import Path

from benchmarks.faults.changing_feeds import ChangingPortal
from benchmarks.faults.killed_hub import KilledHub
from benchmarks.faults.kills import rounds

KILLS = 6


def test_a_hub_killed_anywhere_goes_on_with_everything_it_had(tmp_path: Path) -> None:
    with ChangingPortal(large=False) as portal:
        hub = KilledHub(tmp_path, portal)
        found = rounds(hub, KILLS, seed=7)
    assert hub.broken == []
    assert found["kills"] == KILLS
    assert len(hub.restarts) > KILLS // 2
