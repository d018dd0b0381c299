"""The matrix: every scenario laid over every type, and the reason where one cannot be."""

from tests.chaos import answers, bodies, contents, pages, robots, streams, values, waiting
from tests.chaos.players import PLAYERS, Player
from tests.chaos.scenario import Scenario

SCENARIOS: tuple[Scenario, ...] = (
    *answers.SCENARIOS,
    *streams.SCENARIOS,
    *robots.SCENARIOS,
    *bodies.SCENARIOS,
    *pages.SCENARIOS,
    *contents.SCENARIOS,
    *values.SCENARIOS,
    *waiting.SCENARIOS,
)


def obstacle(scenario: Scenario, player: Player) -> str | None:
    """Why a scenario cannot be laid over a type; None where it can."""
    reasons = [player.lacks[trait] for trait in sorted(scenario.needs) if trait in player.lacks]
    return reasons[0] if reasons else None


NOT_APPLICABLE: dict[tuple[str, str], str] = {
    (scenario.name, player.type): reason
    for scenario in SCENARIOS
    for player in PLAYERS
    if (reason := obstacle(scenario, player)) is not None
}
"""The cells that are not played, each with its reason."""

CELLS: tuple[tuple[Scenario, Player], ...] = tuple(
    (scenario, player)
    for scenario in SCENARIOS
    for player in PLAYERS
    if (scenario.name, player.type) not in NOT_APPLICABLE
)


SHORT = 5
"""Types that a scenario of the specification is laid over in a usual test run. All of them take an hour."""


def short() -> tuple[tuple[Scenario, Player], ...]:
    """The cells of a usual test run: each scenario of the specification on five of the types it can be laid
    over, each further one on one of them, now these, now those."""
    kept: list[tuple[Scenario, Player]] = []
    for position, scenario in enumerate(SCENARIOS):
        cells = [cell for cell in CELLS if cell[0] is scenario]
        begun = position * SHORT % len(cells) if cells else 0
        kept += (cells[begun:] + cells[:begun])[: SHORT if scenario.number else 1]
    return tuple(kept)


def table() -> str:
    """The matrix in Markdown, as the documentation shows it."""
    types = [player.type for player in PLAYERS]
    lines = [
        f"| no. | the portal … | afterwards | {' | '.join(types)} |",
        f"| --- | --- | --- | {' | '.join('---' for _ in types)} |",
    ]
    for scenario in sorted(SCENARIOS, key=lambda s: s.number or 99):
        cells = [NOT_APPLICABLE.get((scenario.name, kind), "played") for kind in types]
        number = str(scenario.number or "")
        ends = " or ".join(sorted(scenario.status))
        lines.append(f"| {number} | {scenario.says} | {ends} | {' | '.join(cells)} |")
    return "\n".join(lines)
