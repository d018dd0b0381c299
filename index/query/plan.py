"""Which clauses of a query must match: the same rule for every engine."""

from index.analysis import stop_words
from index.query.syntax import AnyOf, Clause, ParsedQuery, Word


def required(query: ParsedQuery) -> tuple[Clause, ...]:
    """The clauses that count: without stop words, unless the query has nothing else ("to be or not to be").

    A stop word inside a phrase stays, because a phrase is meant as it stands.
    """
    kept = tuple(found for clause in query.clauses if (found := _without_stop_words(clause)) is not None)
    return kept or query.clauses


def enough(clauses: int) -> int:
    """How many of so many clauses a partial match must have: more than half, one of two."""
    return max(1, clauses // 2 + 1) if clauses > 2 else min(clauses, 1)


def _without_stop_words(clause: Clause) -> Clause | None:
    if isinstance(clause, Word):
        return None if clause.text in stop_words() else clause
    if isinstance(clause, AnyOf):
        options = tuple(option for option in clause.options if _without_stop_words(option) is not None)
        if len(options) > 1:
            return AnyOf(options)
        return options[0] if options else None
    return clause
