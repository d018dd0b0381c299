"""Fields consumed as they are mapped, so that what is left over is kept and reported.

A crosswalk takes each published field out of a `Fields`; what it did not ask for has no field of its own in
the shared schema, lands in `Dataset.unmapped` under its published name, and gives the issue `unmapped-field`
once per field, unless the crosswalk knows the field and has decided that keeping it is enough.
"""

from collections.abc import Collection, Mapping
from itertools import islice
from typing import Any

import orjson

from mappings.issue import IssueLog
from mappings.published import AS_PUBLISHED_LIMIT, clip, show

VALUE_BYTES = 16_384
RECORD_BYTES = 32_768
FIELD_LIMIT = 200
"""What `unmapped` holds of one value, of one record, and how many fields. The raw payload holds it all."""
SMALL_BYTES = 100
"""Fields so small are kept without weighing the rest: 200 of them are little."""


class Fields:
    """The fields of one published object, each to be taken once."""

    __slots__ = ("_left",)

    def __init__(self, published: Mapping[str, Any]) -> None:
        self._left = dict(published)

    def take(self, name: str) -> Any:
        """The value as published; None when there is none."""
        return self._left.pop(name, None)

    def first(self, *names: str) -> Any:
        """The first of these fields that says something. The others stay, to be kept or reported."""
        for name in names:
            if says_something(self._left.get(name)):
                return self._left.pop(name)
        for name in names:
            self._left.pop(name, None)
        return None

    def left(self) -> dict[str, Any]:
        """What nobody took and is not empty."""
        return {name: value for name, value in self._left.items() if says_something(value)}


def says_something(value: Any) -> bool:
    """Null, blank strings and empty lists and objects are as good as an absent field. False and 0 are not."""
    if isinstance(value, str):
        return not value.isspace() and value != ""
    return value is not None and value not in ([], {})


def listed(value: Any) -> list[Any]:
    """A list as it is; one value where a list belongs as a list of one."""
    if isinstance(value, list):
        return value
    return [value] if says_something(value) else []


def keep_unmapped(
    left: Mapping[str, Any], unmapped: dict[str, Any], log: IssueLog, *, known: Collection[str] = ()
) -> None:
    """Move left-over fields into `unmapped`; report those not `known`, at most `FIELD_LIMIT` by name."""
    if len(left) > FIELD_LIMIT:
        end = f"{len(left) - FIELD_LIMIT:,} more fields have no place in the shared schema and are not kept"
        log.add("unmapped-field", "", end)
    for name, value in islice(left.items(), FIELD_LIMIT):
        kept = keep(name, value, unmapped)
        if name not in known or not kept:
            end = "it is kept as published" if kept else "it is too large to be kept beside the record"
            log.add("unmapped-field", name[:100], f"{show(name)} has no field in the shared schema; {end}")


def keep_nested(
    name: str,
    left: dict[str, Any] | list[dict[str, Any]],
    unmapped: dict[str, Any],
    log: IssueLog,
    *,
    known: Collection[str] = (),
) -> None:
    """The same for what is left of a part (a publisher) or of parts (distributions) of a record."""
    if not left:
        return
    kept = keep(name, left, unmapped)
    parts = left if isinstance(left, list) else [left]
    names = list(dict.fromkeys(field for part in parts for field in part))[:FIELD_LIMIT]
    if not kept:
        log.add("unmapped-field", name, f"the rest of {show(name)} is too large to be kept beside the record")
    for field in names:
        if kept and field not in known:
            path = f"{name}.{field}"[:100]
            log.add("unmapped-field", path, f"{show(path)} has no field in the shared schema; it is kept")


def keep(name: str, value: Any, unmapped: dict[str, Any]) -> bool:
    """Add one value to `unmapped` unless that would burst its limits. Says whether it was added."""
    if len(unmapped) >= FIELD_LIMIT:
        return False
    size = len(name) + (len(value) if isinstance(value, str) else len(orjson.dumps(value)))
    if size > VALUE_BYTES:
        return False
    if size > SMALL_BYTES and unmapped and size + len(orjson.dumps(unmapped)) > RECORD_BYTES:
        return False
    unmapped[name] = value
    return True


def remember(as_published: dict[str, Any], field: str, raw: Any, value: Any) -> None:
    """Note a published value under the shared schema's field when normalising changed or lost it."""
    if raw is value or raw == value or not says_something(raw):
        return
    if isinstance(raw, str):
        as_published[field] = clip(raw)
    elif isinstance(raw, (int, float)):
        as_published[field] = raw
    else:
        text = orjson.dumps(raw)
        as_published[field] = raw if len(text) <= AS_PUBLISHED_LIMIT else clip(text.decode())
