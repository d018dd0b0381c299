"""Breaking one record of a feed: its structure, its meaning, its bytes.

Each mutator changes one record and nothing else, so that its siblings must come through. `TEXT_MUTATORS` work
on the record's bytes as they stand in the document, the others on the parsed record.
"""

import json
import random
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from benchmarks.faults import hostile_values as hostile

Rng = random.Random
Record = dict[str, Any]
Mutator = Callable[[Record, Rng], None]

_BY_FIELD = {
    "identifier": hostile.IDENTIFIERS,
    "id": hostile.IDENTIFIERS,
    "keyword": hostile.LISTS,
    "keywords": hostile.LISTS,
    "theme": hostile.LISTS,
    "language": hostile.LISTS,
    "references": hostile.LISTS,
    "domain_tags": hostile.LISTS,
    "distribution": hostile.LISTS,
    "spatial": hostile.SPATIALS,
}
_DATES = ("modified", "issued", "temporal", "accrual", "updated", "created", "_at", "At", "date")
_STRANGE = (
    *(b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc3", b"\xe9", b"\x1b[31m", b"\xe2\x80\xa8", b"\xed\xa0\x80"),
    *(b'"', b"{", b"}", b"[", b"]", b",", b":", b"\\", b"\n", b"\\ud800", b"NaN", b"/*", b"</script>"),
)
_URLS = ("url", "URL", "landingPage", "link", "license", "describedBy", "conformsTo", "isPartOf", "hasEmail")


def _somewhere(record: Record, rng: Rng) -> tuple[Any, Any]:
    """A container inside the record, or the record itself, and a key of it: its own as often as others'."""
    found: list[tuple[Any, Any]] = []
    waiting: list[Any] = [record]
    for holder in waiting:
        inner = holder.items() if isinstance(holder, dict) else enumerate(holder)
        for key, item in inner:
            found.append((holder, key))
            if isinstance(item, (dict, list)) and len(waiting) < 2_000:
                waiting.append(item)
    if not found or rng.random() < 0.5:
        return record, rng.choice(list(record) or ["title"])
    return rng.choice(found)


def drop(record: Record, rng: Rng) -> None:
    """A value is missing."""
    holder, key = _somewhere(record, rng)
    if isinstance(holder, list) or key in holder:
        del holder[key]


def double(record: Record, rng: Rng) -> None:
    """An array repeats its items, up to thousands of times; an object gets a second spelling of its key."""
    holder, key = _somewhere(record, rng)
    if isinstance(holder, list):
        holder.extend([holder[key]] * rng.choice([1, 3, 50, 5_000]))
    else:
        holder[f"{key} "] = holder.get(key)


def reorder(record: Record, rng: Rng) -> None:
    """Keys or items in another order."""
    holder, _ = _somewhere(record, rng)
    if isinstance(holder, list):
        rng.shuffle(holder)
    else:
        items = list(holder.items())
        rng.shuffle(items)
        holder.clear()
        holder.update(items)


def swap_type(record: Record, rng: Rng) -> None:
    """A value of another type in its place."""
    holder, key = _somewhere(record, rng)
    old = holder[key] if isinstance(holder, list) else holder.get(key)
    kinds: list[Any] = [str(old)[:1_000], [old], {"@value": old}, {"value": old}, 0, -1.5, None, True, False]
    holder[key] = rng.choice([*kinds, [], {}, "", [old] * 7, [[old]], {"": old}, 2**63, 10**25])


def nest(record: Record, rng: Rng) -> None:
    """A value wrapped in objects or lists, deeper than anybody reads."""
    holder, key = _somewhere(record, rng)
    value = holder[key] if isinstance(holder, list) else holder.get(key)
    for _ in range(rng.choice([2, 7, 60, 240, 300, 400])):
        value = {"@value": value} if rng.random() < 0.5 else [value]
    holder[key] = value


def inflate(record: Record, rng: Rng) -> None:
    """A huge text, number, list or object."""
    holder, key = _somewhere(record, rng)
    kind = rng.randrange(6)
    if kind == 0:
        holder[key] = rng.choice("a <&{\n\u00e9\u200b") * rng.choice([5_000, 70_000, 1_000_000])
    elif kind == 1:
        holder[key] = rng.choice([10**400, -(10**25), 1e308, 5e-324, float("nan"), float("inf"), -0.0])
    elif kind == 2:
        holder[key] = list(range(rng.choice([1_001, 20_000])))
    elif kind == 3:
        holder[key] = {f"key {number}": number for number in range(rng.choice([300, 20_000]))}
    elif kind == 4:
        record.update((f"extra{number}", "value") for number in range(rng.choice([250, 10_000])))
    else:
        holder[key] = [{"accessURL": f"https://files.example/{n}"} for n in range(rng.choice([400, 12_000]))]


def meaning(record: Record, rng: Rng) -> None:
    """A hostile value in a field that fits it."""
    holder, key = _somewhere(record, rng)
    name = str(key)
    if name in _BY_FIELD:
        pool = _BY_FIELD[name]
    elif any(part in name for part in _DATES):
        pool = hostile.DATES
    elif any(part in name for part in _URLS):
        pool = hostile.URLS
    else:
        pool = hostile.TEXTS
    holder[key] = deepcopy(rng.choice(pool))


def anything(record: Record, rng: Rng) -> None:
    """A hostile value in any field."""
    holder, key = _somewhere(record, rng)
    pools = (hostile.TEXTS, hostile.URLS, hostile.DATES, hostile.LISTS, hostile.SPATIALS, hostile.IDENTIFIERS)
    holder[key] = deepcopy(rng.choice(rng.choice(pools)))


RECORD_MUTATORS: tuple[Mutator, ...] = (
    drop,
    double,
    reorder,
    swap_type,
    nest,
    inflate,
    meaning,
    meaning,
    anything,
)


def flip(raw: bytes, rng: Rng) -> bytes:
    """Bits turned over."""
    data = bytearray(raw)
    for _ in range(rng.choice([1, 1, 2, 5, 40])):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return bytes(data)


def insert(raw: bytes, rng: Rng) -> bytes:
    """Bytes that belong nowhere."""
    at = rng.randrange(len(raw))
    return raw[:at] + rng.choice(_STRANGE) * rng.choice([1, 1, 1, 3, 1_000]) + raw[at:]


def cut_out(raw: bytes, rng: Rng) -> bytes:
    """A piece is missing."""
    start = rng.randrange(len(raw))
    return raw[:start] + raw[start + rng.choice([1, 2, 10, 200]) :]


def doubled_key(raw: bytes, rng: Rng) -> bytes:
    """The same member twice, the second time with another value."""
    key = rng.choice(["title", "identifier", "keyword", "modified", "distribution"])
    return raw.replace(b"{", b'{"' + key.encode() + b'": "said twice", ', 1)


def not_utf8(raw: bytes, rng: Rng) -> bytes:
    """Windows-1252 where UTF-8 is declared."""
    text = raw.decode("utf-8", "replace").replace("e", "é", rng.choice([1, 5, 100]))
    return text.encode("cp1252", "replace")


TEXT_MUTATORS: tuple[Callable[[bytes, Rng], bytes], ...] = (flip, insert, cut_out, doubled_key, not_utf8)


def mutate_record(record: Record, rng: Rng) -> str:
    """Change a record in place, once to three times; the names of what was done."""
    chosen = [rng.choice(RECORD_MUTATORS) for _ in range(rng.choice([1, 1, 2, 3]))]
    for mutator in chosen:
        mutator(record, rng)
    return "+".join(mutator.__name__ for mutator in chosen)


def mutate_text(raw: bytes, rng: Rng) -> tuple[bytes, str]:
    """Change the bytes of a record; what was done."""
    mutator = rng.choice(TEXT_MUTATORS)
    return mutator(raw, rng), mutator.__name__


def as_json(record: Record, rng: Rng, indent: int | None) -> bytes:
    """The record's bytes; lone surrogates become escapes, as JSON allows them."""
    escaped = rng.random() < 0.5
    try:
        return json.dumps(record, indent=indent, ensure_ascii=escaped).encode()
    except UnicodeEncodeError:
        return json.dumps(record, indent=indent).encode()
    except RecursionError:
        return b'{"title": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
