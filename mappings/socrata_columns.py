"""Columns of a Socrata dataset, from Discovery's parallel arrays."""

from itertools import zip_longest
from typing import Any

from mappings.consume import says_something
from mappings.dataset import Column
from mappings.issue import IssueLog
from mappings.text import read_line, read_text

COLUMN_LIMIT = 2_000
"""Columns of one dataset that are kept; the widest of 4,434 datasets has 651."""


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
    columns: list[Column] = []
    displays: dict[str, Any] = {}
    for name, label, kind, text, display in zip_longest(*(array[:COLUMN_LIMIT] for array in arrays)):
        column = _column(name, label, kind, text, log)
        if column is not None:
            columns.append(column)
            if says_something(display):
                displays[column.name] = display
    if columns and not any(column.description for column in columns):
        log.add("columns-undescribed", "resource.columns_description", "no column is described")
    return columns, displays


def _column(name: Any, label: Any, kind: Any, text: Any, log: IssueLog) -> Column | None:
    title = _line(label, "resource.columns_name", log)
    name = name if isinstance(name, str) and name else title
    if not name:
        return None
    if not text:
        description = None
    elif isinstance(text, str) and _plain(text):
        description = text.strip()
    else:
        found = read_text(text, "resource.columns_description", log)
        description = found.plain if found else None
    shown = title if title != name else None
    return Column(name[:300], shown, description or None, kind if isinstance(kind, str) else None)


def _line(raw: Any, field: str, log: IssueLog) -> str | None:
    if isinstance(raw, str) and raw and _plain(raw) and raw[0] != " " and raw[-1] != " " and "  " not in raw:
        return raw
    return read_line(raw, field, log)


def _plain(text: str) -> bool:
    """Nothing to repair: no markup, entity, template or unusual character; worth it for thirty columns."""
    return text.isascii() and text.isprintable() and not ("<" in text or "&" in text or "{" in text)


def _listed(raw: Any) -> list[Any]:
    return raw if isinstance(raw, list) else []
