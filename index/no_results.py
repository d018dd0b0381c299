"""What to say when nothing is found: which filter to drop, and what that would give."""

from collections.abc import Iterator
from dataclasses import replace

from index.engines.protocol import Engine, EngineRequest
from index.fields import FACETS_BY_NAME
from index.filters import Vocabulary
from index.query.plan import required

_TRIED = 6
"""Facets of which the dropping is tried: each costs a count."""


def ways_out(
    engine: Engine, asked: EngineRequest, vocabulary: Vocabulary, *, offered: bool = False
) -> list[str]:
    """Sentences about searches close by that find something, with how much; filters first, then words. Those
    with less filters or more words left out are not among them where the caller has `offered` them."""
    tries = _without_exclusions(asked) if offered else _tries(asked, vocabulary)
    found = ((words, engine.count(request)) for words, request in tries)
    return [f"{words} there {_datasets(number)}." for words, number in found if number]


def _tries(asked: EngineRequest, vocabulary: Vocabulary) -> Iterator[tuple[str, EngineRequest]]:
    for name, values in list(asked.filters.items())[:_TRIED]:
        others = {facet: chosen for facet, chosen in asked.filters.items() if facet != name}
        labels = " or ".join(vocabulary.label(name, value) for value in values[:3])
        yield f"Without the filter {FACETS_BY_NAME[name].label} “{labels}”", replace(asked, filters=others)
    if len(asked.filters) > 1:
        yield "Without any filter", replace(asked, filters={})
    yield from _without_exclusions(asked)
    if asked.match == "all" and len(required(asked.query)) > 1:
        yield "With some of the words", replace(asked, match="any")


def _without_exclusions(asked: EngineRequest) -> Iterator[tuple[str, EngineRequest]]:
    query = asked.query
    if query.excluded or query.excluded_filters:
        admitted = replace(query, excluded=(), excluded_filters={})
        yield "Without what the query excludes", replace(asked, query=admitted)


def _datasets(number: int) -> str:
    return "is 1 dataset" if number == 1 else f"are {number:,} datasets"
