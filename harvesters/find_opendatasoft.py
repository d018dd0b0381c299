"""Recognising Opendatasoft, and telling a portal's root from the address of any of its pages."""

import re
from urllib.parse import urlsplit

from harvesters.json_faults import JsonStreamError
from harvesters.json_stream import JsonStream
from harvesters.probes import Answered, Finding
from harvesters.unicode_body import as_utf8

CATALOG = "api/explore/v2.1/catalog/datasets"

_PLACES = re.compile(
    r"/(?:(?:[a-z]{2}(?:-[a-z]{2})?)/)?"
    r"(?:explore(?=/|$)|pages?/|map(?=/|$)|chart(?=/|$)|api/(?:explore|v\d|datasets|records|management)(?=/|$))"
)
"""Pages below a portal's root, with or without the language in front."""


def opendatasoft_root(url: str) -> str:
    """The portal's root, with a closing slash, from the root itself or from a page below it."""
    parts = urlsplit(url)
    path = parts.path
    if found := _PLACES.search(path):
        path = path[: found.start()]
    elif "." in path.rpartition("/")[2]:
        path = path.rpartition("/")[0]
    return f"{parts.scheme}://{parts.netloc}{path.rstrip('/')}/"


def opendatasoft_probes(url: str) -> list[str]:
    """What to ask: the catalogue's first dataset at the root its path tells, and at the site's."""
    parts = urlsplit(url)
    roots = dict.fromkeys([opendatasoft_root(url), f"{parts.scheme}://{parts.netloc}/"])
    return [f"{root}{CATALOG}?limit=1" for root in roots]


def find_opendatasoft(answer: Answered) -> Finding | None:
    """The catalogue of the Explore API: a total, and datasets with a `dataset_id`."""
    if answer.status != 200 or CATALOG not in answer.url:
        return None
    stream = JsonStream(as_utf8(iter([answer.beginning])), "results")
    named = records = 0
    try:
        for element in stream.elements():
            records += 1
            named += isinstance(element.value, dict) and "dataset_id" in element.value
    except JsonStreamError as error:
        # one dataset may be larger than the beginning that is read
        if error.slug != "cut" or b'"dataset_id"' not in answer.beginning:
            return None
        records = named = max(named, 1)
    total = stream.members.get("total_count")
    if not stream.lists or named < records or (type(total) is not int and not named):
        return None
    said = f"{total:,} datasets" if type(total) is int else "its datasets"
    root = answer.url.partition(CATALOG)[0]
    return Finding("opendatasoft", root, f"/{CATALOG} answers with {said}")
