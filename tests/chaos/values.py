"""Scenarios of hostile values: what a single record can do to its siblings, to us, and to who reads it."""

import json
from typing import Any

from tests.chaos.inert import inert_everywhere
from tests.chaos.layer import Turn
from tests.chaos.players import Player
from tests.chaos.scenario import OK, After, Scenario, siblings_stored
from tests.portals import Answer

JSON_ONLY = frozenset({"json"})


def first_put(name: str, value: Any) -> Any:
    """A catalogue whose first records have hostile values: one, or one each of a list in a tuple."""
    values = value if isinstance(value, tuple) else (value,)

    def catalogue(player: Player) -> list[Any]:
        records = list(player.records())
        for number, hostile in enumerate(values):
            records[number] = player.put(records[number], name, hostile)
        return records

    return catalogue


def nested(depth: int) -> Any:
    value: Any = "deep"
    for _ in range(depth):
        value = [value]
    return value


DATES = ("tomorrow-ish", "9999-12-31", "1" * 10_000, "2024-02-30", "0000-00-00", {"year": 2024}, 1e300)


def no_date_but_an_issue(after: After) -> None:
    siblings_stored(len(DATES))(after)
    for number, published in enumerate(DATES):
        record = after.record(number)
        assert record.dataset.modified is None, published
        assert any("modified" in i.field or "date" in i.field.lower() for i in record.issues), published
    assert after.run.seconds < 5


KEYWORDS = [f"keyword {number}" for number in range(34_866)]
DISTRIBUTIONS = [
    {"downloadURL": f"https://data.example.gov/{number}.csv", "mediaType": "text/csv"}
    for number in range(8_327)
]


def keywords_bounded(after: After) -> None:
    siblings_stored(1)(after)
    assert 0 < len(after.record(0).dataset.keywords) <= 1_000
    assert after.record(0).issues


def distributions_bounded(after: After) -> None:
    siblings_stored(1)(after)
    assert 0 < len(after.record(0).dataset.distributions) <= 10_000


SCRIPTS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</script><script>alert(1)</script>",
    "=cmd|'/c calc'!A1",
)
LINKS = (
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "JaVaScRiPt:alert(1)",
    "vbscript:x",
)


def scripted(player: Player) -> list[Any]:
    records = list(player.records())
    for number, script in enumerate(SCRIPTS):
        record = player.put(records[number], "title", f"Bridges {script}")
        record = player.put(record, "description", f"About <b>bridges</b> {script}")
        record = player.put(record, "keywords", [script, "bridges"])
        records[number] = player.put(record, "link", LINKS[number])
    return records


def cp1252(turn: Turn) -> Answer:
    return turn.body(
        lambda body: body.replace(b"MARK", b"caf\xe9 \x96 na\xefve"),
        Content_Type="application/json; charset=utf-8",
    )


def decoded_or_set_aside(after: After) -> None:
    run = after.run
    assert (run.fetched, run.unchanged) == (after.size, after.size - 1)
    assert run.quarantined or after.record(0).dataset.title == "A café – naïve"


def half_a_character(turn: Turn) -> Answer:
    return turn.body(lambda body: body.replace(b"MARK", b"price in \xe2\x82"))


def twice_the_title(turn: Turn) -> Answer:
    return turn.body(lambda body: body.replace(b'"MARK"', b'"One", "title": "Two", "name": "Two"'))


def not_numbers(turn: Turn) -> Answer:
    return turn.body(lambda body: body.replace(b'"MARK"', b'"Bridges", "x": NaN, "y": [Infinity, -Infinity]'))


all_but_one = siblings_stored(1)


IDENTIFIERS = (7, ["a"], {"@id": "x"}, "", " ", "i" * 10_000, "a\x00b", True)


def odd_names(turn: Turn) -> Answer:
    """Beside the good records there are some with names that are none."""
    odd = json.dumps(
        [
            {
                "identifier": i,
                "id": i,
                "dataset_id": i,
                "title": "Odd",
                "resource": {"id": i, "name": "Odd"},
                "metas": {"default": {"title": "Odd"}},
            }
            for i in IDENTIFIERS
        ]
    )
    return turn.records(lambda records: json.loads(odd) + records) if turn.page == 1 else turn.reply


def good_ones_unchanged(after: After) -> None:
    assert after.run.unchanged == after.size
    assert after.run.fetched == after.size + len(IDENTIFIERS)


SURROGATES = ("\ud800 lone", "nul \x00 inside", "\u202ereversed", "﷽" * 20_000, "a" + "\u0301" * 50_000)
ODD_TYPES = ({"en": "Title"}, ["Title"], 7, True, nested(500))


def long_name(player: Player) -> list[Any]:
    return [*player.records(), player.put(player.records()[0], "identifier", "z" * 5_000_000)]


def one_refused(after: After) -> None:
    assert (after.run.quarantined, after.run.unchanged) == (1, after.size)


LONG = "x" * 10_000_000


def cut_short(after: After) -> None:
    siblings_stored(1)(after)
    assert len(after.record(0).dataset.title) < 100_000
    assert after.record(0).issues


def description_cut(after: After) -> None:
    siblings_stored(1)(after)
    assert len(after.record(0).dataset.description or "") <= 64 * 1024


SCENARIOS = (
    Scenario(
        "poison-nested",
        "has a record nested 100,000 deep",
        OK,
        number=17,
        needs=JSON_ONLY,
        disturb=lambda turn: turn.body(lambda body: body.replace(b'"MARK"', b"[" * 100_000 + b"]" * 100_000)),
        catalogue=first_put("title", "MARK"),
        claims=all_but_one,
    ),
    Scenario(
        "cp1252",
        "calls Windows-1252 UTF-8",
        OK,
        cp1252,
        catalogue=first_put("title", "A MARK"),
        claims=decoded_or_set_aside,
        needs=JSON_ONLY,
        number=21,
    ),
    Scenario(
        "keywords",
        "has a record with 34,866 keywords",
        OK,
        catalogue=first_put("keywords", KEYWORDS),
        claims=keywords_bounded,
        needs=frozenset({"keywords"}),
        number=25,
    ),
    Scenario(
        "distributions",
        "has a record with 8,327 distributions",
        OK,
        catalogue=first_put("distributions", DISTRIBUTIONS),
        claims=distributions_bounded,
        needs=frozenset({"distributions"}),
        number=25,
    ),
    Scenario(
        "scripts",
        "has scripts in titles, descriptions, keywords and links",
        OK,
        catalogue=scripted,
        claims=inert_everywhere,
        number=27,
    ),
    Scenario(
        "dates",
        "has dates that are none",
        OK,
        catalogue=first_put("modified", DATES),
        claims=no_date_but_an_issue,
        number=28,
    ),
    Scenario(
        "half-a-character",
        "cuts a character in two",
        OK,
        half_a_character,
        catalogue=first_put("title", "A MARK"),
        claims=all_but_one,
        needs=JSON_ONLY,
    ),
    Scenario(
        "member-twice",
        "has a record with its title twice",
        OK,
        twice_the_title,
        catalogue=first_put("title", "MARK"),
        claims=all_but_one,
        needs=JSON_ONLY,
    ),
    Scenario(
        "not-numbers",
        "has NaN and Infinity in a record",
        OK,
        not_numbers,
        catalogue=first_put("title", "MARK"),
        claims=all_but_one,
        needs=JSON_ONLY,
    ),
    Scenario(
        "odd-names",
        "has identifiers that are no text, empty, or 10 KB long",
        OK,
        odd_names,
        claims=good_ones_unchanged,
        needs=JSON_ONLY,
    ),
    Scenario(
        "odd-characters",
        "has lone surrogates, NUL and 50,000 accents on a letter in titles",
        OK,
        catalogue=first_put("title", SURROGATES),
        claims=siblings_stored(len(SURROGATES)),
    ),
    Scenario(
        "odd-types",
        "has titles that are objects, lists, numbers and a list 500 deep",
        OK,
        catalogue=first_put("title", ODD_TYPES),
        claims=siblings_stored(len(ODD_TYPES)),
    ),
    Scenario("long-title", "has a title of 10 MB", OK, catalogue=first_put("title", LONG), claims=cut_short),
    Scenario(
        "nested-tags",
        "has a description of 200,000 nested tags",
        OK,
        catalogue=first_put("description", "<b>" * 200_000 + "deep"),
        claims=description_cut,
    ),
    Scenario(
        "long-name", "has a new record whose identifier has 5 MB", OK, catalogue=long_name, claims=one_refused
    ),
)
