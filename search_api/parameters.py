"""The search parameters as OpenAPI describes them, derived from the tables that also read them."""

from typing import Any

from index.fields import FACETS, SORTS, Facet
from index.query.model import (
    MATCHES,
    MAX_FACET_LIMIT,
    MAX_FILTER_VALUES,
    MAX_LIMIT,
    MAX_PHRASES,
    MAX_QUERY_CHARACTERS,
    MAX_TERMS,
    MAX_WINDOW,
)
from search_api.bounds import BODY_BYTES, REQUEST_BYTES
from search_api.params import MAX_FIELDS, MAX_VALUE_CHARACTERS
from search_api.state import DEFAULT_FACET_LIMIT, DEFAULT_LIMIT

QUERY_SYNTAX = (
    'Words, "phrases in quotation marks", -excluded words, field:value for any filter, OR between words. '
    f"At most {MAX_QUERY_CHARACTERS} characters, {MAX_TERMS} words and {MAX_PHRASES} phrases."
)
LIMITS = (
    f"Limits: {MAX_QUERY_CHARACTERS} characters, {MAX_TERMS} words and {MAX_PHRASES} phrases of a query; "
    f"{MAX_FILTER_VALUES} values of {MAX_VALUE_CHARACTERS} characters a filter; {MAX_FIELDS} parameters; "
    f"page × limit {MAX_WINDOW:,}; {REQUEST_BYTES // 1024} KB of address and headers, "
    f"{BODY_BYTES // 1024} KB of body. Beyond them the answer is 400, 413 or 431 and says which."
)


def search_parameters() -> list[dict[str, Any]]:
    """Everything `/api/v1/search` and `/search.json` take."""
    return [
        *narrowing_parameters(),
        _one(
            "match",
            _choice(MATCHES, "auto"),
            "all: every word. any: most words. auto: all while enough is found.",
        ),
        _one("sort", _choice(SORTS, "relevance"), "Datasets with an unknown value come last."),
        _one("page", _number(MAX_WINDOW, 1), f"From 1; page × limit is at most {MAX_WINDOW:,}."),
        _one("limit", _number(MAX_LIMIT, DEFAULT_LIMIT), "Results a page."),
        _one("facet_limit", _number(MAX_FACET_LIMIT, DEFAULT_FACET_LIMIT), "Values counted for each filter."),
        _one("facets", {"type": "boolean", "default": True}, "false leaves the counts out, which is faster."),
    ]


def narrowing_parameters() -> list[dict[str, Any]]:
    """Those that decide which datasets are meant: feeds take them, too."""
    return [
        _one("q", {"type": "string", "maxLength": MAX_QUERY_CHARACTERS}, QUERY_SYNTAX),
        *map(_facet, FACETS),
    ]


def _facet(facet: Facet) -> dict[str, Any]:
    item: dict[str, Any] = {"type": "string", "maxLength": MAX_VALUE_CHARACTERS}
    if facet.fixed:
        item["enum"] = list(facet.fixed)
    values = {"type": "array", "items": item, "maxItems": MAX_FILTER_VALUES}
    return {
        **_one(facet.name, values, f"{facet.label}: datasets with any of the values given."),
        "explode": True,
    }


def _one(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": description}


def _choice(values: tuple[str, ...], default: str) -> dict[str, Any]:
    return {"type": "string", "enum": list(values), "default": default}


def _number(highest: int, default: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": 1, "maximum": highest, "default": default}
