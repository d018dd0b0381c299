"""Which clauses of a query must match: the same rules for every engine."""

import math
from collections.abc import Sequence

from index.analysis import stop_words
from index.query.syntax import AnyOf, Clause, ParsedQuery, Word

TELLING_SHARE = 0.35
"""Of the greatest weight among the query's words. Measured with `any` on ACORDAR's pool of 6,209 (nDCG@10 of
keywords / of questions / datasets found for a question): any word at all 0.581 / 0.410 / 1,938; share 0.35
0.585 / 0.423 / 992; share 0.5 0.558 / 0.414 / 424; more than half of the words 0.436 / 0.19 / 104."""

ALWAYS_TELLING = 200
"""A word that so few datasets have is worth a look, however rare the others are."""


def required(query: ParsedQuery) -> tuple[Clause, ...]:
    """The clauses that count: without stop words, unless the query has nothing else ("to be or not to be").

    A stop word inside a phrase stays, because a phrase is meant as it stands.
    """
    kept = tuple(found for clause in query.clauses if (found := _without_stop_words(clause)) is not None)
    return kept or query.clauses


def telling(clauses: Sequence[Clause], frequencies: Sequence[int], documents: int) -> tuple[Clause, ...]:
    """The clauses one of which is enough for a partial match.

    A partial match has more than half of the clauses, or one that tells something: "available" alone makes no
    answer to "datasets available on debt rescheduling", "rescheduling" does. `frequencies` says how many of
    all `documents`, before any filter, each clause matches.
    """
    weights = [_weight(frequency, documents) for frequency in frequencies]
    greatest = max(weights, default=0.0)
    return tuple(
        clause
        for clause, weight, frequency in zip(clauses, weights, frequencies, strict=True)
        if frequency and (weight >= TELLING_SHARE * greatest or frequency <= ALWAYS_TELLING)
    )


def majority(clauses: int) -> int:
    """More than half of so many."""
    return clauses // 2 + 1


def _weight(frequency: int, documents: int) -> float:
    """BM25's inverse document frequency; 0 for what matches nothing, a misspelt word for instance."""
    return math.log(1 + (documents - frequency + 0.5) / (frequency + 0.5)) if frequency else 0.0


def _without_stop_words(clause: Clause) -> Clause | None:
    if isinstance(clause, Word):
        return None if clause.text in stop_words() else clause
    if isinstance(clause, AnyOf):
        options = tuple(option for option in clause.options if _without_stop_words(option) is not None)
        if len(options) > 1:
            return AnyOf(options)
        return options[0] if options else None
    return clause
