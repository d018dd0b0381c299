"""Telling a portal's type from its answers: one function for each sign, on the first 64 KB."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from harvesters.ckan_root import ckan_root
from harvesters.fetch_error import FetchError
from harvesters.folder_index import Start, is_html, read_index
from harvesters.json_faults import JsonStreamError
from harvesters.json_stream import JsonStream
from harvesters.register_file import entries
from harvesters.unicode_body import as_utf8
from mappings.register_fields import LINKS, fields_of

CKAN_STATUS = "api/3/action/status_show"
CKAN_NAMES = "api/3/action/package_list"

PREFIX = 64 * 1024
"""Bytes of an answer that are read."""
_JKAN_FILE = re.compile(rb"_datasets/[^\x00-\x1f]{1,200}?\.(?:md|markdown)")
HUB_FEED = "api/feed/dcat-us/1.1.json"
HUB_CATALOG = "api/search/v1/catalog"
"""What every ArcGIS Hub site serves, below its root."""
_DATASET_KEYS = frozenset({"identifier", "accessLevel", "distribution", "modified", "keyword"})


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer to a probe: the URL after redirects, header names in lower case, the body's beginning.

    `trouble` says why there is none.
    """

    url: str
    status: int = 0
    headers: Mapping[str, str] | None = None
    beginning: bytes = b""
    trouble: str = ""

    def seen(self) -> str:
        """What came, in a few words."""
        if self.trouble:
            return self.trouble
        kind = (self.headers or {}).get("content-type", "no content type").partition(";")[0]
        return f"status {self.status}, {kind}"


@dataclass(frozen=True, slots=True)
class Finding:
    """A recognised portal: its type, the URL for its entry, and the sentence that says why."""

    type: str
    url: str
    evidence: str


def root_of(url: str) -> str:
    """The site's root, with a closing slash."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/"


def catalog_probe(root: str) -> str:
    """Socrata's catalogue, asked for one asset of its own."""
    return f"{root}api/catalog/v1?{urlencode({'domains': urlsplit(root).hostname or '', 'limit': 1})}"


def find_socrata_catalog(answer: Answered) -> Finding | None:
    """The Discovery API answers on the portal's own host."""
    stream, _ = _first_record(answer, "results")
    if stream is None or not stream.lists or type(stream.members.get("resultSetSize")) is not int:
        return None
    total = stream.members["resultSetSize"]
    return Finding("socrata", root_of(answer.url), f"/api/catalog/v1 answers with {total:,} results")


def find_socrata_metadata(answer: Answered) -> Finding | None:
    """The metadata API exists there and nowhere else."""
    if not has_socrata_header(answer) and not (answer.status == 200 and answer.beginning[:1] == b"["):
        return None
    return Finding("socrata", root_of(answer.url), "/api/views/metadata/v1 answers as Socrata's does")


def has_socrata_header(answer: Answered) -> bool:
    """Every answer of the platform carries its request id."""
    return "x-socrata-requestid" in (answer.headers or {})


def find_ckan_status(answer: Answered) -> Finding | None:
    """CKAN says its version at `status_show`."""
    if answer.status != 200:
        return None
    stream = JsonStream(as_utf8(iter([answer.beginning])), "results", inside="result")
    try:
        for _ in stream.elements():
            return None
    except JsonStreamError:
        return None
    version = stream.members.get("ckan_version")
    if stream.members.get("success") is not True or not ("site_url" in stream.members or version):
        return None
    said = f"CKAN {version}" if isinstance(version, str) else "CKAN"
    root = answer.url.partition(CKAN_STATUS)[0]
    return Finding("ckan", root, f"/{CKAN_STATUS} answers as {said}"[:200])


def find_ckan_names(answer: Answered) -> Finding | None:
    """The list of all packages' names, which DKAN has, too, and portals that hide their status."""
    if answer.status != 200:
        return None
    stream = JsonStream(as_utf8(iter([answer.beginning])), "result")
    names = 0
    try:
        for element in stream.elements():
            if not element.raw.startswith(b'"'):
                return None
            names += 1
    except JsonStreamError as error:
        if error.slug != "cut":
            return None
    if stream.members.get("success") is not True or not names:
        return None
    root = answer.url.partition(CKAN_NAMES)[0]
    return Finding("ckan", root, f"/{CKAN_NAMES} answers with a list of names, as CKAN and DKAN do")


def ckan_roots(url: str) -> list[str]:
    """Where the API of a CKAN may be, seen from this page: at the root its path tells, at the site's."""
    return list(dict.fromkeys([ckan_root(url), root_of(url)]))


def find_hub_catalog(answer: Answered) -> Finding | None:
    """The search API of ArcGIS Hub describes the site's catalogue: its scopes, or its collections."""
    start = answer.beginning.lstrip()
    if answer.status != 200 or start[:1] != b"{":
        return None
    if b'"scopes"' not in start and b'"collections"' not in start:
        return None
    return Finding("arcgis-hub", root_of(answer.url), f"/{HUB_CATALOG} answers as ArcGIS Hub's does")


def find_hub_feed(answer: Answered) -> Finding | None:
    """A DCAT-US document where ArcGIS Hub generates its own."""
    if not urlsplit(answer.url).path.endswith(f"/{HUB_FEED}") or find_dcat_us(answer) is None:
        return None
    return Finding("arcgis-hub", root_of(answer.url), f"/{HUB_FEED} is the feed of an ArcGIS Hub")


def find_dcat_us(answer: Answered) -> Finding | None:
    """The document looks like DCAT-US 1.1 (an object with `dataset`) or 1.0 (a bare list of datasets)."""
    stream, first = _first_record(answer, "dataset")
    if stream is None or not stream.lists:
        return None
    keys = set(first or {})
    if stream.kind == "object":
        if first is None and "conformsTo" not in stream.members:
            return None
        said = (
            f"conformsTo {stream.members['conformsTo']}"
            if "conformsTo" in stream.members
            else "a dataset list"
        )
        return Finding("dcat-us", answer.url, f"{answer.url} is DCAT-US 1.1: {said}")
    if "title" in keys and keys & _DATASET_KEYS:
        return Finding("dcat-us", answer.url, f"{answer.url} is DCAT-US 1.0: a bare list of datasets")
    return None


def find_waf(answer: Answered) -> Finding | None:
    """An index page with links to XML files below it: one that says that it is an index, or links to little
    else."""
    if answer.status != 200 or not is_html(answer.beginning):
        return None
    start = Start.of(answer.url)
    links = read_index([answer.beginning], answer.url, start)
    others = len(links.folders) + len(links.unclear) + links.others
    if not links.files or not (links.says_index or len(links.files) > others):
        return None
    said = f"{start.url} is an index page with links to {len(links.files):,} XML files"
    return Finding("waf", start.url, said)


def find_register(answer: Answered) -> Finding | None:
    """A table whose headers, or a list in YAML or TOML whose first entry, name a title and a link. JSON is
    left to the catalogues that are written in it."""
    if answer.status != 200 or answer.beginning.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in b"[{<":
        return None
    try:
        first = next(entries(as_utf8(iter([answer.beginning])), {}), None)
    except FetchError:
        return None
    found = fields_of(first or ())
    if "title" not in found or found.isdisjoint(LINKS):
        return None
    columns = ", ".join(list(first or ())[:8])
    return Finding("register", answer.url, f"{answer.url} lists titles and addresses: {columns}")


def find_jkan(answer: Answered) -> Finding | None:
    """An archive whose first files lie in a folder `_datasets`, as JKAN's repositories have it."""
    if answer.status != 200 or answer.beginning[:4] != b"PK\x03\x04":
        return None
    if not _JKAN_FILE.search(answer.beginning):
        return None
    return Finding("jkan", answer.url, f"{answer.url} is a zip with Markdown files in a folder _datasets")


def find_document(answer: Answered) -> Finding | None:
    """What the address itself may be, in one answer."""
    return (
        find_hub_feed(answer)
        or find_dcat_us(answer)
        or find_waf(answer)
        or find_jkan(answer)
        or find_register(answer)
    )


def _first_record(answer: Answered, list_key: str) -> tuple[JsonStream | None, dict[str, Any] | None]:
    """The stream read as far as the beginning goes, and its first object; (None, None) if it is no JSON."""
    if answer.status != 200:
        return None, None
    stream = JsonStream(as_utf8(iter([answer.beginning])), list_key)
    first: dict[str, Any] | None = None
    try:
        for element in stream.elements():
            first = first or element.value
    except JsonStreamError as error:
        if error.slug != "cut":
            return None, None
    return stream, first
