"""A static site's Markdown file with YAML front matter, as one record."""

import re
from typing import Any

from harvesters.fetch_error import FetchError
from harvesters.unicode_body import as_utf8
from harvesters.yaml_entries import yaml_value

FILE = 4 * 1024**2
"""Bytes of a file that are read; OpenDataPhilly's largest has 90 KB."""
_FENCE = re.compile(
    r"\A\ufeff?---[ \t]*\r?\n(?P<yaml>.*?)^(?:---|\.\.\.)[ \t]*\r?$\n?", re.DOTALL | re.MULTILINE
)
_TABS_AT_ENDS = re.compile(r"[ \t]+$", re.MULTILINE)
_TABS_AT_STARTS = re.compile(r"^[ ]*\t[ \t]*", re.MULTILINE)


def read_page(raw: bytes, identifier: str) -> dict[str, Any]:
    """The payload of a file: its front matter with every scalar as written, and the text below it.

    Tabs at the ends and starts of lines, which YAML forbids and editors leave behind, are mended; then
    `repaired` is true.

    Raises:
        FetchError: `broken-frame` (no front matter, or no YAML in it), `too-complex`.
    """
    if len(raw) > FILE:
        raise FetchError("too-complex", f"a page of more than {FILE // 1024**2} MB")
    raw = b"".join(as_utf8(iter((raw,))))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", "replace")
    found = _FENCE.match(text)
    if found is None:
        raise FetchError("broken-frame", "the file does not begin with front matter between two lines of ---")
    values, repaired = _values(found["yaml"])
    if not isinstance(values, dict):
        raise FetchError("broken-frame", "the front matter is no object")
    made = {
        "identifier": identifier,
        "title": values.get("title"),
        "modified": values.get("modified"),
        "front_matter": values,
        "text": text[found.end() :].strip(),
    }
    return made | ({"repaired": True} if repaired else {})


def _values(yaml: str) -> tuple[Any, bool]:
    try:
        return yaml_value(yaml), False
    except FetchError as error:
        mended = _TABS_AT_STARTS.sub(lambda run: run[0].replace("\t", "  "), _TABS_AT_ENDS.sub("", yaml))
        if error.slug != "broken-frame" or mended == yaml:
            raise
        return yaml_value(mended), True
