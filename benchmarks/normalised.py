"""How many of the values that portals publish come out normalised, in total and by kind of source.

    python -m benchmarks.normalised DIR [--left 20] [--write]

DIR is a folder of sample metadata (`benchmarks.real_records`). Every record is mapped and settled as a
harvest does it; a share is of what is published, so that an empty field costs nothing. Prints one JSON
object: the shares, how many of the Discovery domains need no rules, and the most frequent values that came to
nothing.
With `--write` the shares go into docs/performance.md, too.

formats      of the distributions with a format, a media type, a file extension or a service's address
licences     of the datasets that say anything of one: a licence, the publisher's own terms, or "none given";
             `licences_known` are those of the vocabulary alone, of what is not "none given"
frequency    of the datasets that say anything of it
dates        of the texts read as dates, those read without dateparser
publishers   of the datasets with one, those with a level; and the same without the portals' entries
"""

import argparse
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import islice
from math import floor
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.custom_fields import CustomFields
from benchmarks.real_records import RealRecord, real_records
from benchmarks.report import ROOT, put_into
from mappings import date_spellings, vocabulary
from mappings.agencies import settle_publisher
from mappings.dataset import Dataset
from mappings.formats import read_format
from mappings.issue import IssueLog, Unmappable
from mappings.licences import UNSTATED, is_known
from mappings.schemas import add_page, map_record

WANTED = {
    "formats": 0.97,
    "licences": 0.95,
    "frequency": 0.97,
    "dates": 0.995,
    "publishers": 0.95,
}
"""Least share of each that is wished for."""
BEGIN, END = "<!-- shares: begin -->", "<!-- shares: end -->"
_EXTENSION = re.compile(r"\w/[^/?#]+\.([a-z][a-z0-9]{1,7}|7z)$", re.IGNORECASE)
_PROGRAMS = frozenset(
    ["asp", "aspx", "cfm", "cgi", "fcgi", "php", "jsp", "do", "action", "shtml", "gne", "pl", "search"]
)
"""Endings of programs, which say nothing of what they answer."""
_LONGEST = 120


@dataclass
class Share:
    """Of `all` values `good` came out; `left` counts those that did not, as published."""

    good: int = 0
    all: int = 0
    left: Counter[str] = field(default_factory=Counter)

    def count(self, published: object, good: bool) -> None:
        """One value."""
        self.all += 1
        self.good += good
        if not good:
            self.left[" ".join(str(published).split())[:_LONGEST]] += 1

    @property
    def value(self) -> float:
        return self.good / self.all if self.all else 1.0


@dataclass
class Shares:
    """The shares of some records."""

    records: int = 0
    refused: int = 0
    of: defaultdict[str, Share] = field(default_factory=lambda: defaultdict(Share))

    def report(self) -> dict[str, Any]:
        """As JSON."""
        shares = {name: round(share.value, 4) for name, share in self.of.items()}
        return {"records": self.records, "refused": self.refused, **shares}


class Dates:
    """Watches the reader of dates: which texts it was given, and which of them went to dateparser."""

    def __init__(self) -> None:
        self.read: list[tuple[str, bool]] = []

    @contextmanager
    def watched(self) -> Iterator[None]:
        """While this lasts every text that is no plain ISO date is written down with whether it was read."""
        plain, asked = date_spellings.iso_of, [False]
        by_parser = date_spellings._by_dateparser

        def iso_of(text: str) -> str | None:
            asked[0] = False
            iso = plain(text)
            self.read.append((text, iso is not None and not asked[0]))
            return iso

        def noted(text: str) -> str | None:
            asked[0] = True
            return by_parser(text)

        strict = date_spellings.strict_iso

        def strict_iso(text: str) -> str | None:
            iso = strict(text)
            if iso is not None:
                self.read.append((text, True))
            return iso

        with (
            patch("mappings.dates.iso_of", iso_of),
            patch("mappings.dates.strict_iso", strict_iso),
            patch("mappings.date_spellings._by_dateparser", noted),
        ):
            yield


def measure(folder: Path, every: int = 1) -> tuple[Shares, dict[str, Shares], CustomFields]:
    """Every record of the folder (or every second, third, …), mapped once: in total, by kind, and the custom
    fields of Discovery."""
    total, kinds, custom, dates = Shares(), defaultdict(Shares), CustomFields(), Dates()
    with dates.watched():
        for record in islice(real_records(folder), None, None, every):
            count_record(record, (total, kinds[record.kind]), custom, dates)
    return total, dict(kinds), custom


def count_record(record: RealRecord, into: tuple[Shares, ...], custom: CustomFields, dates: Dates) -> None:
    """Map one record and count what came out."""
    dates.read.clear()
    try:
        dataset = map_record(record.schema, record.payload).dataset
    except Unmappable:
        for shares in into:
            shares.refused += 1
        return
    add_page(record.schema, dataset, None)
    bare = deepcopy(dataset)
    settle_publisher(dataset, record.level, record.jurisdiction)
    settle_publisher(bare, "other", "")
    if record.schema == "socrata-discovery":
        custom.count(record.portal, json.loads(record.payload), dataset)
    for shares in into:
        shares.records += 1
        for name, published, good in values_of(dataset, bare):
            shares.of[name].count(published, good)
        for text, good in dates.read:
            shares.of["dates"].count(text, good)


def values_of(dataset: Dataset, bare: Dataset) -> Iterator[tuple[str, str, bool]]:
    """Measure, value as published and whether it came out, of one dataset."""
    names = vocabulary.load("formats")
    for offer in dataset.distributions:
        if offer.format or offer.media_type or _hints(offer.url):
            said = f"{offer.format or ''} {offer.media_type or ''} {_ending(offer.url)}"
            yield "formats", said, offer.format in names
    if licence := dataset.license:
        yield "licences", licence.as_published or "", licence.id is not None
        if licence.id != UNSTATED:
            yield "licences_known", licence.as_published or "", is_known(licence)
    if frequency := dataset.frequency:
        said = frequency.as_published or ""
        yield "frequency", said, frequency.value is not None
    if dataset.publisher and bare.publisher:
        said = f"{dataset.publisher.as_published} [{', '.join(_hosts(dataset))}]"
        yield "publishers", said, dataset.publisher.level is not None
        yield "publishers_without_entry", said, bare.publisher.level is not None
        yield "publishers_with_jurisdiction", said, dataset.publisher.jurisdiction is not None


def _hosts(dataset: Dataset) -> Iterator[str]:
    if dataset.contact and dataset.contact.email:
        yield dataset.contact.email.rpartition("@")[2]
    if dataset.landing_page:
        yield dataset.landing_page.split("/")[2]


def _hints(url: str) -> bool:
    return bool(_ending(url)) or _serves(url)


def _serves(url: str) -> bool:
    return read_format(None, None, url, "url", IssueLog()).kind is not None


def _ending(url: str) -> str:
    found = _EXTENSION.search(url.partition("?")[0].partition("#")[0])
    return f".{found[1].lower()}" if found and found[1].lower() not in _PROGRAMS else ""


def report(folder: Path, left: int) -> dict[str, Any]:
    """The JSON object that is printed."""
    total, kinds, custom = measure(folder)
    return {
        "total": total.report(),
        "kinds": {kind: shares.report() for kind, shares in kinds.items()},
        "wanted": WANTED,
        "missed": missed_by(total),
        "discovery": custom.report(),
        "left_by_kind": {
            kind: {name: dict(shares.of[name].left.most_common(left)) for name in missed_by(shares)}
            for kind, shares in kinds.items()
        },
        "left": {name: dict(share.left.most_common(left)) for name, share in total.of.items()},
    }


def table(found: dict[str, Any]) -> Iterator[str]:
    """The shares as a table in Markdown."""
    names = [*WANTED, "licences_known", "publishers_without_entry"]
    yield f"| | records | {' | '.join(name.replace('_', ' ') for name in names)} |"
    yield f"| --- | --- |{' --- |' * len(names)}"
    yield f"| wanted | | {' | '.join(f'{WANTED[n] * 100:g} %' if n in WANTED else '' for n in names)} |"
    for kind, shares in [("all", found["total"]), *found["kinds"].items()]:
        cells = (f"{floor(shares[name] * 1000) / 10:g} %" if name in shares else "" for name in names)
        yield f"| {kind} | {shares['records']:,} | {' | '.join(cells)} |"


def missed_by(shares: Shares) -> dict[str, float]:
    """The shares that are less than wished for."""
    return {name: round(shares.of[name].value, 4) for name in WANTED if shares.of[name].value < WANTED[name]}


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--left", type=int, default=20, help="how many values that came out as nothing")
    parser.add_argument("--write", action="store_true", help="put the shares into docs/performance.md")
    given = parser.parse_args()
    found = report(given.folder, given.left)
    if given.write:
        put_into(ROOT / "docs" / "performance.md", BEGIN, END, "\n".join(table(found)))
    json.dump(found, sys.stdout, indent=1, ensure_ascii=False)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
