"""The schema.org Datasets of a page: in JSON-LD, or in what microdata and RDFa were made into.

Nothing remote is asked: a term counts by its own name, with or without `schema:` or the vocabulary's address.
A node that only names another (`{"@id": …}`) is replaced by that one, where it stands on the same page.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from mappings.issue import Unmappable
from mappings.payload import decode

NODES = 200_000
"""Values of a page's structured data that are walked; ten thousand datasets in one list have fewer."""
_RESOLVED = 6
_ITEMS = 1_000
"""Objects and lists inside each other, and items of a list, in which references are followed."""
_KINDS = frozenset({"dataset", "datafeed", "completedatafeed"})
_PREFIX = re.compile(r"(?:https?://(?:www\.)?schema\.org/|(?:schema|sdo|so)[:_])", re.IGNORECASE)
_WRAPPING = re.compile(r"\A\s*(?://\s*)?(?:<!--|<!\[CDATA\[)?|(?:(?://\s*)?(?:-->|\]\]>))?[\s;]*\Z")
_LISTS = frozenset({"dataset", "itemListElement", "hasPart", "dataFeedElement"})
"""Where datasets stand that have pages of their own."""
_ABOUT_OTHERS = frozenset(
    {"isBasedOn", "isBasedOnUrl", "isPartOf", "citation", "mentions", "sameAs", "subjectOf"}
)
_A_MENTION = frozenset({"@type", "@id", "@context", "url"})


@dataclass(slots=True)
class FoundDataset:
    """One Dataset; `listed` is one of a catalogue's or list's, which the page is not about."""

    value: dict[str, Any]
    listed: bool


def documents(blocks: Iterable[str]) -> tuple[list[Any], int]:
    """The JSON of a page's scripts, and how many could not be read."""
    read: list[Any] = []
    broken = 0
    for block in blocks:
        text = _WRAPPING.sub("", block)
        try:
            read.append(orjson.loads(text))
        except orjson.JSONDecodeError:
            try:
                read.append(decode(_as_object(text).encode("utf-8", "replace"))[0])
            except Unmappable:
                broken += bool(text.strip())
    return read, broken


def _as_object(text: str) -> str:
    """What is read leniently has to be an object."""
    return f'{{"@graph": {text}}}' if text.lstrip()[:1] == "[" else text


def datasets(roots: list[Any]) -> list[FoundDataset]:
    """Every Dataset of a page's structured data, in the order they stand."""
    names = _by_name(roots)
    found: list[FoundDataset] = []
    waiting: list[tuple[Any, bool]] = [(root, False) for root in reversed(roots)]
    walked = 0
    while waiting and walked < NODES:
        node, listed = waiting.pop()
        walked += 1
        if isinstance(node, list):
            waiting.extend((item, listed) for item in reversed(node))
        elif isinstance(node, dict):
            own = is_dataset(node)
            if own and not set(node) <= _A_MENTION:
                found.append(FoundDataset(_resolved(_plain(node), names, _RESOLVED), listed))
            waiting.extend(_inside(node, own, listed))
    return found


def others(roots: list[Any], kinds: frozenset[str]) -> Iterator[dict[str, Any]]:
    """Nodes of other types (in lower case) at the top or one step below it: breadcrumbs, pages."""
    for root in roots:
        for node in root if isinstance(root, list) else [root]:
            graph = node.get("@graph") if isinstance(node, dict) else None
            for item in [node, *(graph if isinstance(graph, list) else [])]:
                if isinstance(item, dict) and kinds & set(types_of(item)):
                    yield _plain(item)
                    if isinstance(inner := item.get("breadcrumb"), dict):
                        yield _plain(inner)


def is_dataset(node: dict[str, Any]) -> bool:
    """Whether schema.org's Dataset (or a kind of it) is among a node's types."""
    return bool(_KINDS & set(types_of(node)))


def types_of(node: dict[str, Any]) -> list[str]:
    """A node's types by their own names, in lower case; those of other vocabularies with their prefix."""
    raw = node.get("@type")
    items = raw if isinstance(raw, list) else [raw]
    return [_PREFIX.sub("", item[:200], count=1).lower() for item in items[:50] if isinstance(item, str)]


def _inside(node: dict[str, Any], own: bool, listed: bool) -> Iterator[tuple[Any, bool]]:
    for key, value in reversed(node.items()):
        name = _PREFIX.sub("", key, count=1)
        if key == "@context" or name in _ABOUT_OTHERS or not isinstance(value, (dict, list)):
            continue
        if name in _LISTS:
            yield value, True
        elif not own:
            yield value, listed


def _by_name(roots: list[Any]) -> dict[str, dict[str, Any]]:
    """Nodes that say something, by their `@id`."""
    names: dict[str, dict[str, Any]] = {}
    waiting = list(roots)
    walked = 0
    while waiting and walked < NODES:
        node = waiting.pop()
        walked += 1
        if isinstance(node, list):
            waiting.extend(node)
        elif isinstance(node, dict):
            name = node.get("@id")
            if isinstance(name, str) and len(node) > 1:
                names.setdefault(name, node)
            waiting.extend(value for value in node.values() if isinstance(value, (dict, list)))
    return names


def _plain(node: dict[str, Any]) -> dict[str, Any]:
    """Property names without their vocabulary; one written twice so counts as first written."""
    plain: dict[str, Any] = {}
    for key, value in node.items():
        if key != "@context":
            plain.setdefault(_PREFIX.sub("", key, count=1), value)
    return plain


def _resolved(node: dict[str, Any], names: dict[str, dict[str, Any]], depth: int) -> dict[str, Any]:
    """The node with references replaced by what they name; a Dataset within it stays as it is."""
    return {
        key: _followed(value, names, depth) if key not in _LISTS else value for key, value in node.items()
    }


def _followed(value: Any, names: dict[str, dict[str, Any]], depth: int) -> Any:
    if isinstance(value, list):
        if depth == 0 or len(value) > _ITEMS:
            return value
        return [_followed(item, names, depth - 1) for item in value]
    if not isinstance(value, dict) or depth == 0:
        return value
    name = value.get("@id")
    if len(value) == 1 and isinstance(name, str) and (target := names.get(name)) and not is_dataset(target):
        return _resolved(_plain(target), names, depth - 1)
    return _resolved(_plain(value), names, depth - 1)
