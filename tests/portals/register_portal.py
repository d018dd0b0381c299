"""An agency's register: one file, in the ways agencies write such files."""

import csv
import io
import json
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.portals.server import LoopbackServer, Seen, send


def write_table(rows: Sequence[dict[str, Any]], delimiter: str = ",") -> bytes:
    """CSV as spreadsheets save it."""
    text = io.StringIO()
    headers = list(dict.fromkeys(name for row in rows for name in row)) or ["Dataset Name", "URL"]
    writer = csv.DictWriter(text, headers, delimiter=delimiter, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8", "surrogatepass")


def read_table(body: bytes) -> list[dict[str, str]]:
    """The rows of such a file."""
    csv.field_size_limit(16 * 1024**2)
    return list(csv.DictReader(io.StringIO(body.decode("utf-8", "surrogatepass"), newline="")))


def write_yaml(rows: Sequence[dict[str, Any]]) -> bytes:
    """A list of entries; JSON's strings are YAML's."""
    lines = ["# the register", "entries:"]
    for row in rows:
        pairs = [f"{json.dumps(name)}: {json.dumps(value)}" for name, value in row.items()]
        lines += [f"  - {pairs[0]}", *(f"    {pair}" for pair in pairs[1:])]
    return "\n".join(lines).encode() + b"\n"


class RegisterPortal(LoopbackServer):
    """Serves the rows: a table at `/` and `/register.csv`, with semicolons at `/semicolons.csv`, with tabs
    at `/register.tsv`, in Windows-1252 at `/windows.csv`, and `/register.yaml`."""

    def __init__(self, rows: Sequence[dict[str, Any]]) -> None:
        super().__init__()
        self._rows = list(rows)

    def answer(self, handler: BaseHTTPRequestHandler, seen: Seen) -> None:
        files = {
            "/": (write_table, "text/csv"),
            "/register.csv": (write_table, "text/csv"),
            "/semicolons.csv": (lambda rows: write_table(rows, ";"), "text/csv"),
            "/register.tsv": (lambda rows: write_table(rows, "\t"), "text/tab-separated-values"),
            "/windows.csv": (_windows, "application/vnd.ms-excel"),
            "/register.yaml": (write_yaml, "application/yaml"),
        }
        if seen.path not in files:
            send(handler, 404, b"not here")
            return
        write, kind = files[seen.path]
        send(handler, 200, write(self._rows), {"Content-Type": kind})


def _windows(rows: Sequence[dict[str, Any]]) -> bytes:
    return write_table(rows).decode().encode("cp1252", "replace")
