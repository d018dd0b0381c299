"""The real portals' metadata the tests are claims about, found beside the repository.

`HUBSEARCH_SHARED_DATA` names another folder. Where it is absent (a user's clone) the tests that need it skip
and say so; everything the product needs at run time lives in the repository.
"""

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest

SHARED = Path(
    os.environ.get("HUBSEARCH_SHARED_DATA", Path(__file__).resolve().parents[2] / "shared" / "data")
)

needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(),
    reason=f"no sample metadata at {SHARED}; set HUBSEARCH_SHARED_DATA to run this",
)


def open_feed(relative: str) -> bytes:
    """The bytes as published; `relative` may name the file with or without `.gz`."""
    path = SHARED / relative
    if not path.exists() and path.with_name(path.name + ".gz").exists():
        path = path.with_name(path.name + ".gz")
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


def load(relative: str) -> Any:
    """A JSON file, parsed."""
    return json.loads(open_feed(relative))


def load_lines(relative: str) -> list[Any]:
    """A JSON Lines file, parsed; split at line feeds only (U+2028 may stand inside a line)."""
    return [json.loads(line) for line in open_feed(relative).split(b"\n") if line.strip()]
