"""Feeds with broken records: the others come through, whatever stands beside them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from benchmarks.faults.broken_feeds import BrokenFeed, Samples, broken_feed
from benchmarks.faults.way_of_a_feed import Hub, Passage
from harvesters.json_faults import JsonStreamError
from harvesters.json_stream import JsonStream
from harvesters.types.dcat_us import looks_like_dataset
from tests.shared_data import SHARED, needs_shared

SEEDS = range(80)


@needs_shared
def test_eighty_broken_feeds_crash_nothing_and_lose_no_sibling(tmp_path: Path) -> None:
    """The long form is `python -m benchmarks.faults.feeds`."""
    samples = Samples(SHARED)
    with Hub(tmp_path) as hub:
        passages = [hub.passage(broken_feed(samples, seed)) for seed in SEEDS]
    assert [p for p in passages if p.crash or p.wrong or p.lost] == []
    assert max(p.seconds for p in passages) < 10
    assert sum(p.untouched for p in passages) > 1_600
    assert sum(p.quarantined for p in passages) > 8


@needs_shared
def test_a_seed_gives_the_same_feed_again() -> None:
    first, second = (broken_feed(Samples(SHARED), 3) for _ in range(2))
    assert first.body == second.body
    assert first.done == second.done


def passed(tmp_path: Path, body: bytes, *untouched: dict[str, Any]) -> Passage:
    from harvesters.json_element import Element
    from harvesters.records import source_record

    sound = [
        source_record("x", "dcat-us-1.1", Element(0, json.dumps(record).encode(), record), None)
        for record in untouched
    ]
    with Hub(tmp_path) as hub:
        return hub.passage(BrokenFeed(1, "dcat-us-1.1", body, sound, ["by hand"]))


def entry(number: int) -> dict[str, Any]:
    files = [{"accessURL": f"https://files.example/{number}/{part}.csv"} for part in range(3)]
    return {
        "title": f"Set {number}",
        "identifier": f"set-{number}",
        "keyword": ["a", "b"],
        "contactPoint": {"fn": "Somebody", "hasEmail": "mailto:a@b.example"},
        "distribution": files,
        "accessLevel": "public",
    }


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"title": "Set 3"', b'"title"} "Set 3"'),
        (b'"hasEmail": "mailto:a@b.example"}', b'"hasEmail": "mailto:a@b.example"}}'),
        (b'"keyword": ["a", "b"]', b'"keyword"}, ["a", "b"]'),
        (b'"keyword": ["a", "b"]', b'"keyword": ["a", "b"]]'),
        (b'"distribution": [{', b'"distribution"}, {'),
        (b'/3/1.csv"}', b'/3/1.csv"}}'),
        (b'/3/1.csv"}', b'/3/1.csv"]'),
        (b'/3/1.csv"}', b"/3/1.csv}"),
        (b'"identifier": "set-3",', b'"identifier": "set-3"}],'),
        (b'"identifier": "set-3",', b'"identifier": "set-3"}]}'),
        (b'"mailto:a@b.example"}', b'"mailto:a@b.example"'),
        (b'"keyword": ["a", "b"]', b'"keyword": ["a", "b"'),
        (b'/3/2.csv"}]', b'/3/2.csv"}'),
        (b'/3/2.csv"}], "accessLevel": "public"}', b'/3/2.csv"}'),
    ],
    ids=[
        *("early end", "second end", "end in a list", "two ends", "no list", "inner end", "mixed", "quote"),
        *("end of the list", "end of the document", "no end", "no end of a list", "no end of files"),
        "no end at all",
    ],
)
@pytest.mark.parametrize("indent", [None, 2], ids=["compact", "indented"])
def test_a_record_that_seems_to_end_early_costs_no_sibling(
    tmp_path: Path, old: bytes, new: bytes, indent: int | None
) -> None:
    entries = [entry(number) for number in range(8)]
    pieces = [json.dumps(record, indent=indent).encode() for record in entries]
    pieces[3], broken = _in_any_layout(old).subn(lambda _: new, pieces[3], count=1)
    assert broken
    body = b'{"dataset": [' + b",\n".join(pieces) + b"]}"
    result = passed(tmp_path, body, *entries[:3], *entries[4:])
    assert (result.crash, result.wrong, result.lost) == ("", "", [])
    assert result.status == "incomplete"


def _in_any_layout(piece: bytes) -> re.Pattern[bytes]:
    tokens = re.findall(rb'"[^"]*"?|[^\s"\[\]{}]*"|[\[\]{},:]', piece)
    return re.compile(rb"\s*".join(map(re.escape, tokens)))


def test_what_follows_a_mistyped_record_is_not_taken_for_a_record_of_its_own() -> None:
    """A contact behind a stray brace looks like a record whose comma is missing."""
    good = json.dumps(entry(1))
    bad = good.replace('"contactPoint":', '"contactPoint"}', 1)
    body = f'{{"dataset": [{bad}, {good}]}}'.encode()
    stream = JsonStream(iter([body]), is_record=looks_like_dataset)
    found: list[Any] = []
    with pytest.raises(JsonStreamError, match="a comma or the end of the list is missing"):
        found.extend(element.value for element in stream.elements())
    assert [value for value in found if value is not None] == [entry(1)]
