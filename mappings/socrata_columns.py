"""Columns of a Socrata dataset, from Discovery's parallel arrays."""

import re
from collections.abc import Callable
from itertools import zip_longest
from typing import Any

from mappings.characters import clean_characters
from mappings.dataset import Column
from mappings.issue import IssueLog
from mappings.text import LINE_LIMIT, PART_LIMIT, read_line, read_text

COLUMN_LIMIT = 2_000
"""Columns of one dataset that are kept; the widest of 4,434 datasets has 651."""

_JOINED_LIMIT = 65_536
"""Characters of an array that is found to need no repair as a whole, and can hold no value that is too long
to matter."""
_EDGE = re.compile(r"\| | \|")


def read_columns(published: list[Any], log: IssueLog) -> tuple[list[Column], dict[str, Any]]:
    """The columns in the order published, and by name the display formats that say something.

    `published` holds the five arrays: names, labels, types, descriptions, formats.

    Logs `columns-mismatch` when the arrays differ in length: then nobody knows which belongs to which.
    """
    arrays = [_listed(raw) for raw in published]
    lengths = {len(array) for array in arrays if array}
    if len(lengths) > 1:
        log.add("columns-mismatch", "resource.columns_name", "the lists of columns differ in length")
        arrays = [arrays[0] or arrays[1], [], [], [], []]
    if max(lengths, default=0) > COLUMN_LIMIT:
        log.add("too-many-columns", "resource.columns_name", f"{COLUMN_LIMIT:,} columns are kept")
    names, labels, types, texts, displays = (array[:COLUMN_LIMIT] for array in arrays)
    names, types = _each(names, _name, log), _each(types, _name, log)
    labels, texts = _each(labels, _label, log), _each(texts, _text, log)
    columns: list[Column] = []
    shown: dict[str, Any] = {}
    for name, label, kind, text, display in zip_longest(names, labels, types, texts, displays):
        if name or label:
            columns.append(Column(name or label, label if name and label != name else None, text, kind))
            if display:
                shown[name or label] = display
    if columns and not any(column.description for column in columns):
        log.add("columns-undescribed", "resource.columns_description", "no column is described")
    return columns, shown


def _each(values: list[Any], read: Callable[[Any, IssueLog], str | None], log: IssueLog) -> list[Any]:
    """Each value read; blank ones as None. An array that needs no repair at all is found out at once."""
    try:
        joined = "|".join(values)
    except TypeError:
        joined = "<"
    if len(joined) <= _JOINED_LIMIT and _plain(joined) and not _EDGE.search(f"|{joined}|"):
        return [value or None for value in values]
    return [read(value, log) or None for value in values]


def _name(raw: Any, log: IssueLog) -> str | None:
    """Field names and types are identifiers: taken as they are, or not at all."""
    if not isinstance(raw, str):
        return None
    name = raw[:300]
    return name if _plain(name) else clean_characters(name, "resource.columns_field_name", log)


def _label(raw: Any, log: IssueLog) -> str | None:
    if isinstance(raw, str) and len(raw) <= LINE_LIMIT and _plain(raw):
        return " ".join(raw.split())
    return read_line(raw, "resource.columns_name", log)


def _text(raw: Any, log: IssueLog) -> str | None:
    if isinstance(raw, str) and len(raw) <= PART_LIMIT and _plain(raw):
        return raw.strip()
    text = read_text(raw, "resource.columns_description", log, PART_LIMIT)
    return text.plain if text else None


def _plain(text: str) -> bool:
    """Nothing to repair: no markup, entity, template or unusual character; worth it for thirty columns."""
    return text.isascii() and text.isprintable() and not ("<" in text or "&" in text or "{" in text)


def _listed(raw: Any) -> list[Any]:
    return raw if isinstance(raw, list) else []
