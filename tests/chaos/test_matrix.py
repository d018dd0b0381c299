"""Whatever a portal does, what was there stays and is found, and the run says what was wrong.

HUBSEARCH_CHAOS=all plays every cell; without it each further scenario is played on one type only.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.chaos.matrix import CELLS, NOT_APPLICABLE, SCENARIOS, short
from tests.chaos.players import PLAYERS, Player
from tests.chaos.scenario import Scenario
from tests.chaos.stage import Stage, set_stage
from tests.shared_data import needs_shared

PLAYED = CELLS if os.environ.get("HUBSEARCH_CHAOS") == "all" else short()
NUMBERS = range(1, 29)
"""Of the scenarios of guide/trust.md."""


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Player], Stage]]:
    """The stage of a type, set when it is first asked for."""
    stages: dict[str, Stage] = {}
    with ExitStack() as stack:

        def of(player: Player) -> Stage:
            if player.type not in stages:
                folder = tmp_path_factory.mktemp(f"chaos-{player.type}")
                stages[player.type] = set_stage(player, folder, stack)
            return stages[player.type]

        yield of


@needs_shared
@pytest.mark.parametrize(
    ("scenario", "player"), [pytest.param(s, p, id=f"{s.name}-{p.type}") for s, p in PLAYED]
)
def test_nothing_is_lost(
    scenario: Scenario, player: Player, stage: Callable[[Player], Stage], tmp_path: Path
) -> None:
    stage(player).play(scenario, tmp_path / "hub")


def test_every_scenario_of_the_specification_is_in_the_matrix() -> None:
    assert {scenario.number for scenario in SCENARIOS} >= set(NUMBERS)
    names = [scenario.name for scenario in SCENARIOS]
    assert len(set(names)) == len(names)


def test_a_scenario_is_played_on_every_type_that_can_be_its_victim() -> None:
    for scenario in SCENARIOS:
        for player in PLAYERS:
            able = scenario.needs <= player.has
            assert able != ((scenario.name, player.type) in NOT_APPLICABLE), (scenario.name, player.type)
            assert scenario.written() or not able, f"{player.type} can have {scenario.name}: write it"


def test_a_type_says_of_each_trait_whether_it_has_it() -> None:
    traits = {trait for scenario in SCENARIOS for trait in scenario.needs}
    for player in PLAYERS:
        assert player.has | set(player.lacks) == traits
        assert not player.has & set(player.lacks)


@needs_shared
@pytest.mark.parametrize("player", PLAYERS, ids=lambda player: player.type)
def test_what_a_type_says_of_itself_is_true(player: Player, stage: Callable[[Player], Stage]) -> None:
    turns = stage(player).fair_weather
    first = turns[0].reply.body.lstrip()[:1]
    assert (first in b"[{") == ("json" in player.has)
    assert (first == b"<") == ("xml" in player.has)
    assert (len({turn.page for turn in turns}) > 1) == ("pages" in player.has or player.crawls)
