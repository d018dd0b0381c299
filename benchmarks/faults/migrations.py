"""Move real portals house: rename every record of a real feed, edit some, and count who keeps the public id.

    python -m benchmarks.faults.migrations [--number N] [--seed S] [--edits SHARE]

Each of N migrations takes one of the real feeds, gives all its records identifiers of another scheme, other
URLs, licence and publisher in a random order, edits a share of the descriptions, keywords and dates, removes
up to a twentieth and adds as many records of another feed. Who is who is known by construction. Prints one
JSON object: per feed the records that lived on, those found again (`kept`), those whose id went to another
record (`false`), and those that nothing in the feed itself tells apart (`twins`). Exit code 1 when a rename
was false, or less than 99 % of those that can be told apart kept their id.
"""

import argparse
import json
import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any
from zlib import crc32

import orjson

from index.ingest import Mapper, ingest
from index.store import Source, Store
from mappings import schemas
from mappings.source_record import RunStatement, SourceRecord
from tests.index.ingest.support import NOW, Feed
from tests.shared_data import SHARED, load

Item = dict[str, Any]

SOURCE = Source("portal", "dcat-us", "https://portal.example", "Portal", max_delete=1.0)

NAMES: dict[str, Callable[[str, int], str]] = {
    "scheme": lambda name, _: name.replace("http://", "https://") if "http://" in name else f"urn:{name}",
    "case and slash": lambda name, _: f"{name.upper()}/",
    "another host": lambda name, _: re.sub("^https?://[^/]+", "https://new.example", name) + "?view=1",
    "numbers": lambda _, number: str(100_000 + number),
    "hub": lambda _, number: f"https://hub.example/maps/org::{number * 7919 % 1_000_003:x}",
}


@dataclass
class Count:
    """Of one feed, over all its migrations."""

    migrations: int = 0
    lived: int = 0
    kept: int = 0
    twins: int = 0
    false: int = 0
    wrong: str = ""


def migrate(items: list[Item], others: list[Item], chance: random.Random, edits: float, count: Count) -> None:
    """One migration of one feed."""
    rename = NAMES[chance.choice(sorted(NAMES))]
    lost = set(chance.sample(range(len(items)), len(items) // chance.choice((20, 40, 1000))))
    after = {n: _moved(item, rename(item["identifier"], n), chance, edits) for n, item in enumerate(items)}
    came = [_moved(item, f"new-{n}", chance, 0.0) for n, item in enumerate(others[: len(lost)])]
    living = [n for n in after if n not in lost]
    alike = Counter(_text(item) for item in items)
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(f"sqlite:///{folder}/store.sqlite")
        store.put_source(SOURCE)
        _harvest(store, items, 0)
        before = _ids(store)
        mixed = [after[n] for n in living] + came
        chance.shuffle(mixed)
        _harvest(store, mixed, 1)
        now = _ids(store)
        store.close()
    count.migrations += 1
    owner = {id_: name for name, id_ in before.items()}
    texts = {item["identifier"].strip(): item for item in items}
    for n in living:
        was, name = items[n]["identifier"].strip(), after[n]["identifier"].strip()
        count.lived += 1
        if now.get(name) == before.get(was):
            count.kept += 1
        elif alike[_text(items[n])] > 1:
            count.twins += 1
        held_by = owner.get(now.get(name, ""), was)
        if held_by != was and _text(items[n]) != _text(texts[held_by]):
            count.false += 1
            count.wrong = f"{held_by} -> {name} (was {was})"


def _moved(item: Item, identifier: str, chance: random.Random, edits: float) -> Item:
    moved: Item = dict(item) | {
        "identifier": identifier,
        "license": "https://new.example/terms",
        "publisher": {"name": "Open Data"},
        "landingPage": f"https://new.example/{crc32(identifier.encode())}",
    }
    offers = [dict(offer) for offer in item.get("distribution") or [] if isinstance(offer, dict)]
    for number, offer in enumerate(offers):
        for key in ("accessURL", "downloadURL"):
            if isinstance(offer.get(key), str):
                offer[key] = f"https://new.example/{crc32(identifier.encode())}/file/{number}"
    moved["distribution"] = offers
    if chance.random() < edits:
        kind = chance.choice(("description", "keyword", "modified", "issued"))
        if kind == "description" and isinstance(item.get("description"), str):
            moved["description"] = f"{item['description']} Please cite the source when you use it."
        else:
            moved[kind] = {"keyword": ["moved"], "modified": "2024-05-05", "issued": None}.get(kind)
    return moved


def _text(item: Item) -> str:
    """What the records of one feed are told apart by once every address has changed."""
    keys = ("title", "description", "keyword", "issued", "modified", "spatial", "temporal")
    return json.dumps([item.get(key) for key in keys], sort_keys=True)


def _harvest(store: Store, items: list[Item], number: int) -> None:
    feed = Feed([_described(item) for item in items], RunStatement(complete=True))
    mapper = replace(Mapper.standard(), processes=0)
    ingest(store, SOURCE, feed, now=NOW + timedelta(days=30 * number), mapper=mapper)


def _described(item: Item) -> SourceRecord:
    light = schemas.describe("dcat-us-1.1", item)
    return SourceRecord(
        source="portal",
        identifier=light.identifier,
        schema="dcat-us-1.1",
        payload=orjson.dumps(item),
        digest=light.digest,
        version=light.version,
        trouble=schemas.trouble("dcat-us-1.1", item),
    )


def _ids(store: Store) -> dict[str, str]:
    return {record.identifier: record.id for record in store.live_records()}


def feeds() -> dict[str, list[Item]]:
    """Real feeds of every make, each identifier once."""
    names = [
        *(f"dcat-us/federal-2025/{name}.data.json" for name in ("cms", "dol", "treasury", "opm", "fda")),
        "dcat-us/regional/wprdc-2019.data.json",
        *(f"socrata-datajson/2019-2020/{name}" for name in ("cook-county-il_20190426.data.json",)),
        "socrata-datajson/2019-2020/howard-county-md_20200722.data.json",
        *(f"arcgis-hub/latest/{path.name}" for path in sorted((SHARED / "arcgis-hub/latest").iterdir())[::6]),
    ]
    found = {}
    for name in names:
        once = {str(item.get("identifier")).strip(): item for item in load(name)["dataset"]}
        items = [item for name, item in once.items() if isinstance(item.get("identifier"), str) and name]
        if items:
            found[name] = items[:400]
    return found


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--number", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--edits", type=float, default=0.2, help="share of the records that are edited as well"
    )
    wanted = parser.parse_args()
    chance = random.Random(wanted.seed)
    all_feeds = feeds()
    names = list(all_feeds)
    counts = {name: Count() for name in names}
    for number in range(wanted.number):
        name, other = names[number % len(names)], names[(number + 3) % len(names)]
        migrate(all_feeds[name], all_feeds[other], chance, wanted.edits, counts[name])
    played = {name: asdict(count) for name, count in counts.items() if count.migrations}
    lived, kept, twins, false = (
        sum(played[name][key] for name in played) for key in ("lived", "kept", "twins", "false")
    )
    share = kept / (lived - twins) if lived > twins else 1.0
    total = {"lived": lived, "kept": kept, "twins": twins, "false": false, "kept_share": round(share, 4)}
    print(json.dumps({"total": total, "feeds": played}, indent=1))
    return int(false > 0 or share < 0.99)


if __name__ == "__main__":
    sys.exit(main())
