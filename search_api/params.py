"""Query strings: read strictly, one canonical spelling for each state.

Unknown parameters (trackers, other sites' habits) are passed over; a known one that cannot be read is a
BadRequest that names it. An unknown facet *value* is fine here: the search answers with a hint.
"""

from collections.abc import Iterable, Sequence
from typing import TypeVar
from urllib.parse import parse_qsl

from index.fields import FACETS, FACETS_BY_NAME, SORTS
from index.query.model import (
    MATCHES,
    MAX_FACET_LIMIT,
    MAX_FILTER_VALUES,
    MAX_LIMIT,
    MAX_QUERY_CHARACTERS,
    MAX_WINDOW,
    BadRequest,
)
from search_api.pages.words import repeated
from search_api.state import DEFAULT_FACET_LIMIT, DEFAULT_LIMIT, Filters, SearchState

MAX_FIELDS = 300
MAX_VALUE_CHARACTERS = 300

Pairs = Sequence[tuple[str, str]]
Choice = TypeVar("Choice", bound=str)


def read_pairs(query_string: bytes) -> list[tuple[str, str]]:
    """The parameters in order. Raises BadRequest for what is no UTF-8 or holds more than `MAX_FIELDS`."""
    try:
        text = query_string.decode("ascii")
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
    except UnicodeError:
        raise BadRequest("query", "the address holds characters that are not percent-encoded UTF-8") from None
    except ValueError:
        raise BadRequest("query", f"the address has more than {MAX_FIELDS} parameters") from None


def read_state(pairs: Pairs) -> SearchState:
    """The state these parameters describe, in any order. Raises BadRequest naming the parameter."""
    page = _number(pairs, "page", default=1, highest=MAX_WINDOW)
    limit = _number(pairs, "limit", default=DEFAULT_LIMIT, highest=MAX_LIMIT)
    if page * limit > MAX_WINDOW:
        raise BadRequest(
            "page", f"page {page} of {limit} lies beyond the first {MAX_WINDOW:,} results; narrow the search"
        )
    return SearchState(
        q=_query(pairs),
        filters=_filters(pairs),
        match=_one_of(pairs, "match", MATCHES, "auto"),
        sort=_one_of(pairs, "sort", SORTS, "relevance"),
        page=page,
        limit=limit,
        facet_limit=_number(pairs, "facet_limit", default=DEFAULT_FACET_LIMIT, highest=MAX_FACET_LIMIT),
        facets=_one_of(pairs, "facets", ("true", "false"), "true") == "true",
    )


def is_canonical(pairs: Pairs, state: SearchState) -> bool:
    """Are these the parameters, in the order and spelling, that the state itself would give?"""
    return list(pairs) == state.pairs()


def _query(pairs: Pairs) -> str:
    text = _single(pairs, "q")
    if len(text) > MAX_QUERY_CHARACTERS:
        raise BadRequest(
            "q", f"the query has {len(text):,} characters, at most {MAX_QUERY_CHARACTERS} are searched"
        )
    if any(ord(char) < 32 and char not in "\t\r\n" for char in text):
        raise BadRequest("q", "the query holds a control character; remove it")
    return " ".join(text.split())


def _filters(pairs: Pairs) -> Filters:
    """Facet → values. A facet's values are compared without case, so the canonical one is case-folded."""
    found: dict[str, set[str]] = {}
    for name, value in pairs:
        if name in FACETS_BY_NAME and value.strip():
            found.setdefault(name, set()).add(_value(name, value))
    for name, values in found.items():
        if len(values) > MAX_FILTER_VALUES:
            raise BadRequest(name, f"{len(values)} values are selected, at most {MAX_FILTER_VALUES} can be")
    return {facet.name: tuple(sorted(found[facet.name])) for facet in FACETS if facet.name in found}


def _value(name: str, value: str) -> str:
    if len(value) > MAX_VALUE_CHARACTERS:
        raise BadRequest(
            name, f"a value has {len(value):,} characters, at most {MAX_VALUE_CHARACTERS} can be sent"
        )
    if any(ord(char) < 32 for char in value):
        raise BadRequest(name, "a value holds a control character; remove it")
    return " ".join(value.casefold().split())


def _number(pairs: Pairs, name: str, *, default: int, highest: int) -> int:
    text = _single(pairs, name).strip()
    if not text:
        return default
    # Length first: int() of a thousand digits is slow work for a wrong answer.
    if len(text) <= 12 and text.isascii() and text.isdigit() and 1 <= int(text) <= highest:
        return int(text)
    raise BadRequest(name, f"{name} is {_quoted(text)}; it must be a number from 1 to {highest:,}")


def _one_of(pairs: Pairs, name: str, choices: tuple[Choice, ...], default: Choice) -> Choice:
    text = _single(pairs, name).strip()
    if not text:
        return default
    if text in choices:
        return text
    raise BadRequest(name, f"{name} is {_quoted(text)}; it can be {_listed(choices)}")


def _single(pairs: Pairs, name: str) -> str:
    values = {value for key, value in pairs if key == name}
    if len(values) > 1:
        raise BadRequest(name, f"{name} is given {len(values)} times with different values; give it once")
    return values.pop() if values else ""


def _listed(choices: Iterable[str]) -> str:
    *most, last = choices
    return f"{', '.join(most)} or {last}"


def _quoted(text: str) -> str:
    return f"“{repeated(text, 40)}”"
