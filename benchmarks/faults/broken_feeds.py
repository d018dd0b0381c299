"""Real feeds with one to five records broken, and the siblings that must come through.

The records are those of the sample metadata; each feed takes some thirty neighbours of one file, in one of
the layouts portals use.
"""

import copy
import gzip
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.faults.mutations import as_json, mutate_record, mutate_text
from harvesters.json_element import Element
from harvesters.records import source_record
from index.ingest.identifiers import canonical
from mappings.schemas import map_record
from mappings.source_record import SourceRecord

FAMILIES: dict[str, tuple[str, ...]] = {
    "dcat-us-1.1": (
        "dcat-us/federal-2025/*.data.json*",
        "dcat-us/federal-misc/*.json*",
        "dcat-us/argentina/*.json*",
        "dcat-us/regional/*.json*",
        "arcgis-hub/latest/0*.json*",
    ),
    "dcat-us-1.0": ("socrata-datajson/2013/data.*.json*",),
    "socrata-discovery": ("socrata-discovery/data.*.jsonl*",),
}
RECORDS = 30
FILES = 12
"""Files of one pattern that are read."""
_LARGEST = 20_000
"""Bytes of a record that is taken: small feeds make many of them possible."""


@dataclass
class BrokenFeed:
    """A feed as served, the records of it that nobody touched, and what was done to the others.

    `framed` says that the document still holds one JSON object or value for each record; otherwise the bytes
    of a record were changed and may hide where it ends. `reach` is the number of records before the first
    such one.
    """

    seed: int
    schema: str
    body: bytes
    untouched: list[SourceRecord]
    done: list[str]
    framed: bool = True
    expected: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.expected = {record.identifier or "": record.digest for record in self.untouched}


class Samples:
    """Sound records of the real feeds: those that are mapped, with an identifier, and not large."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = {
            schema: [path for pattern in patterns for path in sorted(folder.glob(pattern))[:FILES]]
            for schema, patterns in FAMILIES.items()
        }
        if not all(self._files.values()):
            raise FileNotFoundError(f"{folder} holds no sample metadata; name its folder with --data")
        self._read = cache(self._sound)

    def take(self, rng: random.Random) -> tuple[str, list[dict[str, Any]]]:
        """A schema and some thirty neighbours of one file."""
        schema = rng.choices(list(self._files), weights=[3, 1, 1])[0]
        found = self._read(schema, rng.choice(self._files[schema]))
        start = rng.randrange(max(1, len(found) - RECORDS))
        return schema, found[start : start + RECORDS]

    def _sound(self, schema: str, path: Path) -> list[dict[str, Any]]:
        seen: set[str] = set()
        return [record for record in _records(path) if self._is_sound(schema, record, seen)]

    @staticmethod
    def _is_sound(schema: str, value: Any, seen: set[str]) -> bool:
        raw = json.dumps(value).encode()
        if not isinstance(value, dict) or len(raw) > _LARGEST:
            return False
        record = source_record("x", schema, Element(0, raw, value), None)
        name = record.identifier
        if record.trouble is not None or name is None or name in seen or name != canonical(name):
            return False
        seen.add(name)
        return bool(map_record(schema, raw).dataset.title)


def broken_feeds(samples: Samples, seeds: Iterator[int] | range) -> Iterator[BrokenFeed]:
    """One feed for each seed; the same seed gives the same feed."""
    return (broken_feed(samples, seed) for seed in seeds)


def broken_feed(samples: Samples, seed: int) -> BrokenFeed:
    """A feed with one to five of its records broken."""
    rng = random.Random(seed)
    schema, sound = samples.take(rng)
    indent = rng.choice([None, None, 2, 4])
    victims = set(rng.sample(range(len(sound)), min(len(sound), rng.choice([1, 1, 2, 5]))))
    in_text = rng.random() < 0.3
    untouched, pieces, done = [], [], []
    for place, value in enumerate(sound):
        raw = json.dumps(value, indent=indent).encode()
        if place not in victims:
            # as the reader will see it: parsed from these bytes, not the object they were made of
            untouched.append(source_record("x", schema, Element(0, raw, json.loads(raw)), None))
        elif in_text:
            raw, what = mutate_text(raw, rng)
            done.append(what)
        else:
            broken = copy.deepcopy(value)
            if rng.random() < 0.05:
                done.append(_claim(schema, broken, rng.choice(sound)))
            done.append(mutate_record(broken, rng))
            raw = as_json(broken, rng, indent)
        pieces.append(raw)
    body = _document(schema, pieces, rng, indent)
    if not in_text and rng.random() < 0.2:
        body, what = _encoded(body, rng)
        done.append(what)
    return BrokenFeed(seed, schema, body, untouched, done, framed=not in_text)


def _claim(schema: str, record: dict[str, Any], other: dict[str, Any]) -> str:
    """Give a record the identifier of another one."""
    if schema == "socrata-discovery":
        record["resource"]["id"] = other["resource"]["id"]
    else:
        record["identifier"] = other["identifier"]
    return "claim"


def _document(schema: str, pieces: list[bytes], rng: random.Random, indent: int | None) -> bytes:
    between = b",\n" if indent else rng.choice([b",", b", ", b",\n"])
    listed = between.join(pieces)
    if schema == "dcat-us-1.0":
        return b"[" + listed + b"]"
    if schema == "socrata-discovery":
        return b'{"results": [' + listed + b'], "resultSetSize": %d}' % len(pieces)
    return b'{"@type": "dcat:Catalog", "dataset": [' + listed + b'], "describedBy": "x"}'


def _encoded(body: bytes, rng: random.Random) -> tuple[bytes, str]:
    """The whole document in another encoding than JSON's."""
    coding = rng.choice(["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
    return body.decode("utf-8", "replace").encode(coding, "replace"), coding


def _records(path: Path) -> list[Any]:
    data = path.read_bytes()
    if path.suffix == ".gz":
        data = gzip.decompress(data)
    if ".jsonl" in path.name:
        return [json.loads(line) for line in data.split(b"\n") if line.strip()]
    try:
        value = json.loads(data)
    except ValueError:
        return []
    found = value.get("dataset") if isinstance(value, dict) else value
    return found if isinstance(found, list) else []
