"""JSON-LD contexts that documents name by address, from copies of ours: none is ever fetched.

`contexts/` holds them as published: `dcat-ap-3.0.1.jsonld` (SEMIC, European Union, CC BY 4.0),
`dcat-us-3.0.jsonld` (DOI-DO/dcat-us, CC0), `project-open-data-1.1.jsonld` (public domain, 17 U.S.C. § 105).
"""

import re
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from harvesters.fetch_error import FetchError

_FOLDER = Path(__file__).parent / "contexts"
_KNOWN = (
    (
        re.compile(
            r"(?:semiceu\.github\.io/DCAT-AP|raw\.githubusercontent\.com/SEMICeu/DCAT-AP)/"
            r"(?:[\w.-]+/){0,3}3\.0\.\d+/context/dcat-ap\.jsonld"
        ),
        "dcat-ap-3.0.1",
    ),
    (
        re.compile(
            r"(?:raw\.githubusercontent\.com/DOI-DO|doi-do\.github\.io)/dcat-us/"
            r"(?:[\w.-]+/){0,3}context/dcat-us-3\.0\.jsonld"
        ),
        "dcat-us-3.0",
    ),
    (
        re.compile(r"project-open-data\.cio\.gov/v1\.1/schema(?:/catalog\.jsonld|/?)"),
        "project-open-data-1.1",
    ),
)


def known_context(address: str) -> str | None:
    """The name of our copy of a published context."""
    plain = address.strip().removeprefix("https://").removeprefix("http://")
    return next((name for pattern, name in _KNOWN if pattern.fullmatch(plain)), None)


def with_own_contexts(document: Any) -> Any:
    """The document with each known context in the place of its address.

    Raises FetchError `not-rdf`: what a term means is not guessed where the context that says so lies
    elsewhere.
    """
    waiting = [document]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting.extend(item)
        elif isinstance(item, dict):
            waiting.extend(item.values())
            if "@context" in item:
                item["@context"] = _own(item["@context"])
    return document


def _own(context: Any) -> Any:
    if isinstance(context, list):
        return [_own(part) for part in context]
    if isinstance(context, dict) and "@import" in context:
        _refuse(context["@import"])
    if not isinstance(context, str):
        return context
    name = known_context(context)
    return _copy(name) if name else _refuse(context)


def _refuse(address: object) -> None:
    said = str(address)[:200]
    raise FetchError("not-rdf", f"its context lies elsewhere and is not fetched: {said}")


@cache
def _copy(name: str) -> Any:
    return orjson.loads((_FOLDER / f"{name}.jsonld").read_bytes())["@context"]
