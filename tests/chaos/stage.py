"""Where a cell is played: a good harvest of the type, once for a test process, and a copy of its home for
each scenario. Portals are harvested as by the command: a child process fetches, this one lands and indexes.
"""

import shutil
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harvesters.portal import Portal
from harvesters.portal_entry import portal_from_entry
from hubsearch.cli.progress import Silence
from hubsearch.harvesting import harvest
from hubsearch.hub import Hub, open_hub
from hubsearch.settings import read_settings
from index.query.model import SearchRequest
from index.store import Run
from tests.chaos.layer import Chaos, Turn
from tests.chaos.players import Player
from tests.chaos.scenario import After, Scenario
from tests.harvesters.fetching import fetching_children
from tests.portals import LoopbackServer

GOOD_DAY, BAD_DAY = "2026-03-01T06:00:00Z", "2026-03-02T06:00:00Z"
SOURCE = "portal"
BUDGETS = {"request_timeout": 2, "run_budget": 8, "grace_days": 0}
"""Small, so that a portal that never ends is cut soon; no grace, so that nothing hides behind it."""
GRACE = 10.0
"""Seconds beyond its run_budget within which a harvest has to be over, landing and index included."""


@dataclass
class Stage:
    """One type's player under its layer, and the home of a good harvest of it.

    The canary has the good catalogue, too: whoever lets himself be led there brings something home.
    """

    player: Player
    server: LoopbackServer
    chaos: Chaos
    canary: LoopbackServer
    home: Path
    before: dict[str, str] = field(default_factory=dict)
    fair_weather: list[Turn] = field(default_factory=list)

    def portal(self, **more: Any) -> Portal:
        entry = {"id": SOURCE, "type": self.player.type, "url": self.server.url, "allow_private": True}
        return portal_from_entry(entry | BUDGETS | dict(self.player.entry) | more, "the chaos portal")

    def play(self, scenario: Scenario, home: Path) -> None:
        """The scenario over a copy of the good harvest, then everything that has to hold."""
        shutil.copytree(self.home, home)
        self.canary.seen.clear()
        with ExitStack() as stack:
            instead = None
            if scenario.catalogue is not None:
                instead = stack.enter_context(self.player.build(scenario.catalogue(self.player)))
            self.chaos.begin(scenario.disturb, instead, scenario.robots)
            stack.callback(self.chaos.begin)
            portal = self.portal(**scenario.entry)
            begun = time.monotonic()
            hub = stack.enter_context(open_hub(settings(home, BAD_DAY)))
            run = harvest(hub, [portal], Silence())[0]
            after = self._after(hub, home, run, time.monotonic() - begun)
            self.hold(scenario, after, portal)

    def hold(self, scenario: Scenario, after: After, portal: Portal) -> None:
        """The general claims, then the scenario's own."""
        run = after.run
        assert run.status in scenario.ends(self.player), f"{run.status}: {run.slug}: {run.reason}"
        assert run.status == "ok" or len(run.reason) > 10, "a run that is not ok says why"
        assert accounted(run), run
        assert run.deleted == 0
        assert run.missing == 0 or run.status == "held" or scenario.status == {"ok"}
        kept = {record.id for record in after.records.values()}
        assert kept >= set(after.before.values()), "records of the good harvest are gone"
        assert found(after.hub) >= set(after.before.values()), "records are stored but no longer found"
        if scenario.keeps_names:
            assert {name: after.records[name].id for name in after.before} == after.before
        assert self.canary.seen == [], "somebody asked where nobody may ask"
        assert after.seconds < portal.run_budget + GRACE
        assert not fetching_children(), "a child is still there"
        scenario.claims(after)

    def _after(self, hub: Hub, home: Path, run: Run, seconds: float) -> After:
        heads = {head.id for head in hub.store.heads(SOURCE) if not head.deleted}
        records = {r.identifier: r for r in hub.store.live_records() if r.id in heads}
        errors = hub.store.run_errors(run.id)
        return After(
            self.player, hub, home, run, errors, self.before, records, list(self.chaos.turns), seconds
        )


def set_stage(player: Player, folder: Path, stack: ExitStack) -> Stage:
    """Start the player and the canary, and harvest once in good weather."""
    server = stack.enter_context(player.build(player.records()))
    canary = stack.enter_context(player.build(player.records()))
    stage = Stage(player, server, Chaos(player, server, canary.url), canary, folder / "hub")
    with open_hub(settings(stage.home, GOOD_DAY)) as hub:
        run = harvest(hub, [stage.portal()], Silence())[0]
        assert (run.status, run.added) == ("ok", len(player.records())), run.reason
        stage.before = {head.identifier: head.id for head in hub.store.heads(SOURCE)}
        stage.fair_weather = list(stage.chaos.turns)
        assert found(hub) == set(stage.before.values())
    return stage


def settings(home: Path, now: str) -> Any:
    """Of a hub of its own on the embedded engine."""
    return read_settings({"HUBSEARCH_HOME": str(home), "HUBSEARCH_NOW": now})


def accounted(run: Run) -> bool:
    """Every fetched record is somewhere."""
    parts = (run.added, run.updated, run.unchanged, run.renamed, run.duplicate, run.filtered, run.quarantined)
    return run.fetched == sum(parts)


def found(hub: Hub) -> set[str]:
    """The public ids of everything that is found when one searches for nothing in particular."""
    ids: set[str] = set()
    while True:
        request = SearchRequest(hub.settings.now(), limit=100, offset=len(ids), facets=False)
        page = hub.search.search(request)
        ids |= {result.id for result in page.results}
        if len(ids) >= page.total or not page.results:
            return ids
