"""Scenarios of a portal's content as a whole: records that vanish, repeat, lose or swap their names."""

from typing import Any

from tests.chaos.layer import Turn
from tests.chaos.players import Player
from tests.chaos.scenario import HELD, KEEP, OK, UNREAD, After, Scenario
from tests.portals import Answer


def without_60_percent(player: Player) -> list[Any]:
    return player.records()[::5] + player.records()[1::5]


def without_3(player: Player) -> list[Any]:
    return player.records()[3:]


def three_missing(after: After) -> None:
    assert (after.run.missing, after.run.deleted, after.run.unchanged) == (3, 0, after.size - 3)


def one_thrice(player: Player) -> list[Any]:
    first, *rest = player.records()
    return [first, *(player.put(first, "title", f"Another {n}") for n in (1, 2)), *rest]


def two_reported(after: After) -> None:
    name = after.player.identifier(after.player.records()[0])
    assert after.run.duplicate == 2
    assert [error.identifier for error in after.errors] == [name, name]
    assert len(after.records) == after.size


NAMELESS = 7
"""10 % of the records."""


def revised(player: Player) -> list[Any]:
    return [player.put(record, "title", f"Revised {n}") for n, record in enumerate(player.records())]


def nameless(turn: Turn) -> Answer:
    put, name_of = turn.player.put, turn.player.identifier
    names = set(sorted(map(name_of, turn.player.records()))[2::10])
    return turn.records(
        lambda records: [put(r, "identifier", None) if name_of(r) in names else r for r in records]
    )


def others_stored(after: After) -> None:
    if "folders" in after.player.has:  # a file that says no name goes by its path, as another record
        assert (after.run.quarantined, after.run.missing) == (0, NAMELESS)
        assert after.run.slug == "too-many-missing"
        return
    assert (after.run.quarantined, after.run.missing) == (NAMELESS, 0)
    assert after.run.updated == after.size - NAMELESS


def swapped(player: Player) -> list[Any]:
    """Every second pair of records has changed names."""
    records = list(player.records())
    for n in range(0, len(records) - 1, 4):
        one, two = records[n], records[n + 1]
        records[n] = player.put(one, "identifier", player.identifier(two))
        records[n + 1] = player.put(two, "identifier", player.identifier(one))
    return records


def renamed(change: Any) -> Any:
    def catalogue(player: Player) -> list[Any]:
        return [player.put(r, "identifier", change(player.identifier(r))) for r in player.records()]

    return catalogue


def same_titles(player: Player) -> list[Any]:
    return [player.put(record, "title", "Data") for record in player.records()]


def all_updated(after: After) -> None:
    assert after.run.updated == after.size


def one_name(player: Player) -> list[Any]:
    name = player.identifier(player.records()[0])
    return [player.put(record, "identifier", name) for record in player.records()]


def each_a_duplicate(after: After) -> None:
    said_once = "rdf" in after.player.has  # RDF is a set of statements
    assert after.run.duplicate == (0 if said_once else after.size)
    assert (after.run.unchanged, after.run.updated) == (after.size, 0)


def untitled(player: Player) -> list[Any]:
    return [player.put(record, "title", None) for record in player.records()]


def none_usable(after: After) -> None:
    assert after.run.slug == "mostly-unusable"
    assert after.run.added + after.run.updated == 0


SCENARIOS = (
    Scenario("emptied", "has no record any more", HELD, catalogue=lambda player: [], number=2),
    Scenario("shrunk", "has lost 60 % of its records", HELD, catalogue=without_60_percent, number=5),
    Scenario(
        "thrice", "has an identifier three times", OK, catalogue=one_thrice, claims=two_reported, number=6
    ),
    Scenario(
        "nameless",
        "has lost the identifiers of 10 % of its records",
        OK,
        nameless,
        catalogue=revised,
        claims=others_stored,
        of_files=HELD,
        number=7,
    ),
    Scenario("lost-a-few", "has lost three records", OK, catalogue=without_3, claims=three_missing),
    Scenario(
        "another-portal",
        "serves another publisher's catalogue",
        HELD,
        catalogue=lambda player: player.others(),
    ),
    Scenario(
        "swapped",
        "has swapped identifiers between records",
        OK | HELD,
        catalogue=swapped,
        keeps_names=False,
    ),
    Scenario(
        "upper-case",
        "writes its identifiers in upper case",
        OK | HELD,
        catalogue=renamed(str.upper),
        keeps_names=False,
    ),
    Scenario(
        "new-names",
        "has new identifiers for everything",
        OK | HELD,
        catalogue=renamed(lambda name: "https://new.example.gov/" + name[::-1]),
        keeps_names=False,
    ),
    Scenario(
        "same-titles", "gives every record the same title", OK, catalogue=same_titles, claims=all_updated
    ),
    Scenario("one-name", "gives every record the same identifier", KEEP, catalogue=one_name),
    Scenario(
        "everything-twice",
        "lists everything twice",
        OK,
        catalogue=lambda player: player.records() * 2,
        claims=each_a_duplicate,
    ),
    Scenario("untitled", "has lost every title", UNREAD, catalogue=untitled, claims=none_usable),
    Scenario(
        "slash",
        "ends its identifiers with a slash",
        OK | HELD,
        catalogue=renamed(lambda name: name + "/"),
        keeps_names=False,
    ),
)
