"""Every real record of a folder of sample metadata, with its portal and what is said of that portal.

The folder is the one the tests read (`tests/shared_data.py`): feeds, answers and files as portals gave them,
by kind of source. Each kind is one reader below; a kind whose folder is absent yields nothing.
"""

import csv
import gzip
import io
import json
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from harvesters import csw_answer, rdf_graph, rdf_records
from harvesters.fetch_error import FetchError
from harvesters.front_matter import read_page
from harvesters.json_element import Element
from harvesters.rdf_body import store_utf8
from harvesters.types import waf

ADDRESS = "https://portal.example/"
PORTALS = Path(__file__).with_name("real_portals.toml")


@dataclass(frozen=True, slots=True)
class RealRecord:
    """A record as received. `portal` is the name of its file or domain; `level` and `jurisdiction` are what
    an operator would write into that portal's entry."""

    kind: str
    portal: str
    schema: str
    payload: bytes
    level: str
    jurisdiction: str


Found = Iterator[tuple[str, str, bytes]]
"""Portal, schema and payload of records of one kind."""


def real_records(folder: Path) -> Iterator[RealRecord]:
    """Every record that can be read, kind after kind."""
    for kind, read in KINDS.items():
        for portal, schema, payload in read(folder):
            level, jurisdiction = entry_of(portal)
            yield RealRecord(kind, portal, schema, payload, level, jurisdiction)


def entry_of(portal: str) -> tuple[str, str]:
    """Level and jurisdiction by the longest beginning of the portal's name that is listed."""
    listed = _entries()
    beginnings = (portal[:size] for size in range(len(portal), 0, -1))
    return next((listed[name] for name in beginnings if name in listed), ("other", ""))


@cache
def _entries() -> dict[str, tuple[str, str]]:
    table = tomllib.loads(PORTALS.read_text("utf-8"))
    return {
        name: (level, jurisdiction)
        for level, portals in table.items()
        for name, jurisdiction in portals.items()
    }


def _bytes(path: Path) -> bytes:
    raw = path.read_bytes()
    return gzip.decompress(raw) if path.suffix == ".gz" else raw


def _files(folder: Path, *patterns: str) -> Iterator[tuple[str, bytes]]:
    """Name and content of the files; of one in a folder of its own (a portal's states) the folder's name."""
    for pattern in patterns:
        for path in sorted(folder.glob(pattern)):
            if path.is_file():
                name = path.name.removesuffix(".gz")
                yield (path.parent.name if "series" in path.parts else name), _bytes(path)


def _dcat_us(folder: Path, *patterns: str) -> Found:
    for portal, raw in _files(folder, *patterns):
        try:
            catalogue = json.loads(raw)
        except ValueError:
            continue
        schema = "dcat-us-1.0" if isinstance(catalogue, list) else "dcat-us-1.1"
        records = catalogue.get("dataset") if isinstance(catalogue, dict) else catalogue
        for record in records if isinstance(records, list) else []:
            yield portal, schema, _dump(record)


def _federal(folder: Path) -> Found:
    yield from _dcat_us(folder, "dcat-us/*/*.json*")
    for portal, raw in _files(folder, "dcat-us/*/*.csv*"):
        for row in csv.DictReader(io.StringIO(raw.decode())):
            yield portal, "dcat-us-1.1", row["dcat"].encode()


def _hubs(folder: Path) -> Found:
    return _dcat_us(folder, "arcgis-hub/latest/*.json*", "arcgis-hub/series/*/*.json*")


def _socrata_feeds(folder: Path) -> Found:
    return _dcat_us(folder, "socrata-datajson/*/*.json*")


def _discovery(folder: Path) -> Found:
    for portal, raw in _files(folder, "socrata-discovery/*.jsonl*", "socrata-discovery-history/*.jsonl*"):
        for line in raw.split(b"\n"):
            if line.strip():
                yield portal, "socrata-discovery", line


def _ckan(folder: Path) -> Found:
    for portal, raw in _files(folder, "ckan/*.json*"):
        answer = json.loads(raw)
        if isinstance(answer, dict):
            answer = answer.get("result", answer)
            answer = answer.get("results", answer) if isinstance(answer, dict) else answer
        for package in answer:
            yield portal, "ckan", _dump(package)


def _opendatasoft(folder: Path) -> Found:
    for portal, raw in _files(folder, "opendatasoft/api-v1-fixtures/*.json"):
        answer = json.loads(raw)
        for record in answer.get("datasets", [answer]):
            yield portal, "opendatasoft-1", _dump(record)
    for portal, raw in _files(folder, "opendatasoft/*.csv*"):
        for row in csv.DictReader(io.StringIO(raw.decode())):
            yield portal, "opendatasoft-table", _dump({name: value for name, value in row.items() if value})


def _jkan(folder: Path) -> Found:
    for name, raw in _files(folder, "jkan/opendataphilly/*.md"):
        yield "opendataphilly", "jkan", _dump(read_page(raw, name.removesuffix(".md")))


def _xml(folder: Path) -> Found:
    for portal, raw in _files(folder, "iso/*/*.xml*", "fgdc/*/*.xml*", "waf/**/*.xml*"):
        yield from _whole(portal, *waf.read_element(iter([raw])))


def _csw(folder: Path) -> Found:
    for portal, raw in _files(folder, "csw/**/*.xml*"):
        try:
            page = csw_answer.read_page(iter([raw]), ADDRESS)
        except (FetchError, csw_answer.Refused):
            continue
        for schema, element in page.records:
            yield from _whole(portal, schema, element)


def _rdf(folder: Path) -> Found:
    for portal, raw in _files(folder, "dcat-ap/**/*.*", "opendatasoft/*.ttl*"):
        for element in _rdf_elements(raw, ADDRESS + portal):
            yield from _whole(portal, "dcat-ap", element)


def _rdf_elements(raw: bytes, url: str) -> list[Element]:
    """The datasets of one document; none of one that is no RDF."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "document"
        try:
            form = rdf_graph.form_of(store_utf8(iter([raw]), path), url)
            with rdf_graph.read_graph(path, url, form) as graph:
                return list(rdf_records.elements(graph))
        except FetchError:
            return []


def _whole(portal: str, schema: str, element: Element) -> Found:
    if element.trouble is None:
        yield portal, schema, element.raw


def _dump(record: Any) -> bytes:
    return orjson.dumps(record)


KINDS: dict[str, Callable[[Path], Found]] = {
    "DCAT-US feeds": _federal,
    "ArcGIS Hub feeds": _hubs,
    "Socrata feeds": _socrata_feeds,
    "Socrata Discovery": _discovery,
    "CKAN": _ckan,
    "Opendatasoft": _opendatasoft,
    "JKAN": _jkan,
    "ISO and FGDC files": _xml,
    "CSW": _csw,
    "DCAT-AP": _rdf,
}
