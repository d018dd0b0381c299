"""Replay the real histories of feeds, harvest by harvest: does every dataset keep its public id?

    python -m benchmarks.faults.identity [--series NAME] [--show]

Each state is ingested thirty days after the one before. A run that the guard holds is approved, unless it is
empty, so that every state lands. What is true is not taken from the product: a dataset lives on from one
state to the next when its identifier stays, or when its title, letters and digits, stands exactly once in
both states, or when its ArcGIS item with its layer does; the exceptions were looked at one by one
(`EDITIONS`, `OTHERS`, `SAME`).

Prints one JSON object: per step the records kept (same identifier), renamed, added, missing and removed,
those that live on but got another id (`lost`), and those whose id went to another dataset (`false`).
Exit code 1 when a rename was false, or less than 99 % of the living kept their id.
"""

import argparse
import json
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from index.ingest import Mapper, Run, approve, ingest
from index.store import Source, Store
from tests.index.ingest.support import NOW
from tests.index.ingest.test_series import feed
from tests.shared_data import SHARED, load

SOURCE = Source("portal", "dcat-us", "https://portal.example", "Portal")
STEP = timedelta(days=30)

EDITIONS = re.compile("salaryordinance")
"""South Bend, 2020 to 2021: each ordinance has a successor of the same title for the next year."""

OTHERS = frozenset({"topography2footcontours"})
"""Titles of which one dataset went and another came: the District of Columbia's contours of 2018 and 2008."""

SAME = frozenset({("fireinsuranceescrowproperties", "fireescrowproperties")})
"""(title before, title after) of datasets that were given another title, too: Detroit's has the same text,
keywords and map service in both states."""


@dataclass
class Step:
    """One harvest of a series. `lives` counts datasets of the state before that are in this one, too."""

    state: str
    status: str
    kept: int = 0
    renamed: int = 0
    added: int = 0
    missing: int = 0
    removed: int = 0
    lives: int = 0
    lost: list[str] = field(default_factory=list)
    false: list[str] = field(default_factory=list)


@dataclass
class Record:
    """What the truth looks at."""

    identifier: str
    title: str
    item: str


def state(relative: str) -> dict[str, Record]:
    """A feed as published, by identifier."""
    found = {}
    for item in load(relative)["dataset"]:
        identifier = str(item.get("identifier", "")).strip()
        title = "".join(re.findall(r"[^\W_]+", str(item.get("title", "")).casefold()))
        named = re.search(r"[0-9a-f]{32}(_\d+)?$", identifier)
        found[identifier] = Record(identifier, title, named[0] if named else "")
    return found


def living(before: dict[str, Record], after: dict[str, Record]) -> dict[str, str]:
    """Identifiers before to those after, of the datasets that are in both states."""
    pairs = {name: name for name in before.keys() & after.keys()}
    for key in ("item", "title"):
        old, new = _once(before.values(), key), _once(after.values(), key)
        for value in old.keys() & new.keys():
            was, now = old[value], new[value]
            another = EDITIONS.match(before[was].title) or before[was].title in OTHERS
            if was not in pairs and now not in pairs.values() and not another:
                pairs[was] = now
    return pairs


def _once(records: Iterable[Record], key: str) -> dict[str, str]:
    """Value to identifier, of the values that only one record has."""
    listed = [(getattr(record, key), record.identifier) for record in records if getattr(record, key)]
    counts = Counter(value for value, _ in listed)
    return {value: identifier for value, identifier in listed if counts[value] == 1}


def play(files: list[str]) -> list[Step]:
    """Ingest the states of one series into an empty store."""
    steps = []
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(f"sqlite:///{folder}/store.sqlite")
        store.put_source(SOURCE)
        states = [state(name) for name in files]
        for number, name in enumerate(files):
            before = _ids(store)
            run = _harvest(store, name, number)
            step = Step(Path(name).name, run.status if run.decision is None else f"held, {run.decision}")
            step.renamed, step.added = run.renamed, run.added
            step.missing, step.removed = run.missing, run.deleted
            if number and run.status == "ok":
                earlier = next((s for s in reversed(states[:number]) if s), {})
                _compare(step, earlier, states[number], before, _ids(store))
            steps.append(step)
        store.close()
    return steps


def _harvest(store: Store, name: str, number: int) -> Run:
    mapper = replace(Mapper.standard(), processes=0)
    run = ingest(store, SOURCE, feed(name), now=NOW + number * STEP, mapper=mapper)
    if run.status == "held" and run.fetched:
        return approve(store, run.id, feed(name), now=NOW + number * STEP, mapper=mapper)
    return run


def _ids(store: Store) -> dict[str, str]:
    """Public ids by identifier."""
    return {head.identifier: head.id for head in store.heads()}


def _compare(
    step: Step,
    before: dict[str, Record],
    after: dict[str, Record],
    ids_before: dict[str, str],
    ids_after: dict[str, str],
) -> None:
    pairs = living(before, after)
    step.lives = len(pairs)
    step.kept = sum(one == other for one, other in pairs.items())
    for was, now in sorted(pairs.items()):
        if was in ids_before and ids_after.get(now) != ids_before[was]:
            step.lost.append(f"{was} -> {now}")
    owners = {id_: name for name, id_ in ids_before.items()}
    for name, id_ in ids_after.items():
        former = owners.get(id_)
        if former is None or former == name or name not in after or former not in before:
            continue
        one, other = before[former], after[name]
        if pairs.get(former) != name and one.title != other.title and (one.title, other.title) not in SAME:
            step.false.append(f"{former} ({one.title}) -> {name} ({other.title})")


def series() -> dict[str, list[str]]:
    """Every history in the shared data, oldest state first."""
    found: dict[str, list[str]] = {}
    for folder in sorted((SHARED / "arcgis-hub/series").iterdir()):
        found[folder.name] = [f"arcgis-hub/series/{folder.name}/{name}" for name in _names(folder)]
    for name in _names(SHARED / "socrata-datajson/2019-2020"):
        found.setdefault(name.partition("_")[0], []).append(f"socrata-datajson/2019-2020/{name}")
    folder = SHARED / "dcat-us/healthdata-4-days"
    found["healthdata"] = [f"dcat-us/healthdata-4-days/{name}" for name in _names(folder)]
    for body in ("energy", "cms"):
        earlier = [n for n in _names(SHARED / "dcat-us/federal-2025-history") if n.startswith(body)]
        found[body] = [f"dcat-us/federal-2025-history/{name}" for name in earlier]
        found[body].append(f"dcat-us/federal-2025/{body}.data.json")
    return {name: files for name, files in found.items() if len(files) > 1}


def _names(folder: Path) -> list[str]:
    return sorted({path.name.removesuffix(".gz") for path in folder.iterdir()})


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--series", help="only those whose name holds this")
    parser.add_argument("--show", action="store_true", help="print one line a step to stderr")
    wanted = parser.parse_args()
    played: dict[str, list[Step]] = {}
    for name, files in series().items():
        if wanted.series is None or wanted.series in name:
            played[name] = play(files)
            for step in played[name] if wanted.show else []:
                print(name[:24], step.state, step.status, _figures(step), file=sys.stderr)
    steps = [step for listed in played.values() for step in listed]
    lives = sum(step.lives for step in steps)
    lost = sum(len(step.lost) for step in steps)
    false = sum(len(step.false) for step in steps)
    share = 1 - lost / lives if lives else 1.0
    total = {"lives": lives, "lost": lost, "false": false, "kept_share": round(share, 4)}
    answer = {name: [asdict(step) for step in listed] for name, listed in played.items()}
    print(json.dumps({"total": total, "series": answer}, indent=1, ensure_ascii=False))
    return int(false > 0 or share < 0.99)


def _figures(step: Step) -> str:
    figures = {name: value for name, value in asdict(step).items() if isinstance(value, int) and value}
    return f"{figures} lost={len(step.lost)} false={len(step.false)}"


if __name__ == "__main__":
    sys.exit(main())
