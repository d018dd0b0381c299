"""YAML read entry by entry, from its events, under limits.

Strangers' YAML may name Python objects (never constructed here: no tag is obeyed), nest without end, or grow
a billion values out of ten lines of aliases. Every scalar stays the text that was written: `no`, `2020` and
`12:30` are words of the publisher, not false, a number and a time.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

import yaml

from harvesters.fetch_error import FetchError

DEPTH = 20
"""Lists and objects inside one another. A register needs three."""
NODES = 20_000
"""Values of one entry, aliases counted as what they stand for."""
ANCHORS = 1_000
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Source(Protocol):
    """What PyYAML reads from."""

    def read(self, size: int = ..., /) -> bytes: ...


@dataclass(slots=True)
class Events:
    """The events of one document, with what was anchored so far: (value, values in it, depth of it)."""

    events: Iterator[Any]
    anchors: dict[str, tuple[Any, int, int]] = field(default_factory=dict)

    def next(self) -> Any:
        """The next event. Raises FetchError `broken-frame`, also where the document ends too soon."""
        try:
            return next(self.events)
        except yaml.YAMLError as error:
            raise FetchError("broken-frame", f"the YAML cannot be read on: {_said(error)}") from None
        except StopIteration:
            raise FetchError("broken-frame", "the YAML ends too soon") from None
        except UnicodeError as error:
            raise FetchError("bad-encoding", f"the YAML holds bytes that are no text: {error}") from None

    def value(self, event: Any, depth: int = 0) -> tuple[Any, int, int]:
        """The value that begins with this event, the number of values in it, and how deep it nests."""
        if isinstance(event, yaml.AliasEvent):
            name = event.anchor or ""
            if name not in self.anchors:
                raise FetchError("broken-frame", f"the YAML refers to *{name[:40]}, which is not there")
            found = self.anchors[name]
        elif isinstance(event, yaml.ScalarEvent):
            found = _scalar(event), 1, 0
        else:
            if depth >= DEPTH:
                raise FetchError("too-complex", f"the YAML nests more than {DEPTH} levels deep")
            found = self._collection(event, depth)
        self._check(found, depth)
        anchor = None if isinstance(event, yaml.AliasEvent) else event.anchor
        if anchor is not None:
            if len(self.anchors) >= ANCHORS:
                raise FetchError("too-complex", f"the YAML has more than {ANCHORS:,} anchors")
            self.anchors[anchor] = found
        return found

    def _check(self, found: tuple[Any, int, int], depth: int) -> None:
        if found[1] > NODES:
            raise FetchError("too-complex", f"an entry of the YAML holds more than {NODES:,} values")
        if found[2] + depth > DEPTH:
            raise FetchError("too-complex", f"the YAML nests more than {DEPTH} levels deep")

    def _collection(self, event: Any, depth: int) -> tuple[Any, int, int]:
        size, deepest = 1, 0
        items: list[Any] = []
        while not isinstance(event := self.next(), (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
            value, count, inner = self.value(event, depth + 1)
            size, deepest = size + count, max(deepest, inner)
            items.append(value)
            self._check((None, size, 0), 0)
        if items and isinstance(event, yaml.MappingEndEvent):
            return _object(items), size, deepest + 1
        return ({} if isinstance(event, yaml.MappingEndEvent) else items), size, deepest + 1


def yaml_entries(source: Source, shared: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every entry of a document that is a list of objects, or an object with such lists; what else the
    object says, before a list, goes into `shared`.

    Raises:
        FetchError: `not-a-register`, `broken-frame`, `bad-encoding`, `too-complex`, after the
            entries read so far.
    """
    events = Events(yaml.parse(source, Loader=_PARSER))
    while isinstance(event := events.next(), (yaml.StreamStartEvent, yaml.DocumentStartEvent)):
        pass
    if isinstance(event, yaml.SequenceStartEvent):
        yield from _items(events)
    elif isinstance(event, yaml.MappingStartEvent):
        yield from _members(events, shared)
    else:
        raise FetchError("not-a-register", "the YAML is no list of entries")
    while not isinstance(event, yaml.StreamEndEvent):
        event = events.next()


def yaml_value(source: Source | str | bytes) -> Any:
    """One small document as a whole, under the same limits. Raises FetchError as `yaml_entries` does."""
    events = Events(yaml.parse(source, Loader=_PARSER))
    while isinstance(event := events.next(), (yaml.StreamStartEvent, yaml.DocumentStartEvent)):
        pass
    if isinstance(event, (yaml.StreamEndEvent, yaml.DocumentEndEvent)):
        return None
    return events.value(event)[0]


def _members(events: Events, shared: dict[str, Any]) -> Iterator[dict[str, Any]]:
    lists = 0
    while not isinstance(event := events.next(), yaml.MappingEndEvent):
        key = str(events.value(event, 1)[0])[:200]
        event = events.next()
        if isinstance(event, yaml.SequenceStartEvent) and event.anchor is None:
            lists += 1
            yield from _items(events)
        else:
            value = events.value(event, 1)[0]
            if len(shared) < 100 and not isinstance(value, (dict, list)):
                shared[key] = value
    if not lists:
        names = ", ".join(list(shared)[:8])
        raise FetchError("not-a-register", f"the YAML holds no list of entries; it holds {names}")


def _items(events: Events) -> Iterator[dict[str, Any]]:
    while not isinstance(event := events.next(), yaml.SequenceEndEvent):
        value = events.value(event, 1)[0]
        yield value if isinstance(value, dict) else {"entry": value}


def _object(items: list[Any]) -> dict[str, Any]:
    """Keys as text; `<<` merges, as registers use it for what several entries share; the last key wins."""
    pairs = list(zip(items[::2], items[1::2], strict=True))
    made: dict[str, Any] = {}
    for key, value in pairs:
        if key == "<<":
            for part in value if isinstance(value, list) else [value]:
                made |= part if isinstance(part, dict) else {}
    made |= {str(key)[:200]: value for key, value in pairs if key != "<<"}
    return made


def _scalar(event: Any) -> str | None:
    plain = event.implicit[0] and event.style in {None, ""}
    return None if plain and event.value in _NULLS else event.value


def _said(error: yaml.YAMLError) -> str:
    return " ".join(str(error).split())[:200]
