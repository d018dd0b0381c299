"""Bent queries: each is read, or refused by name; what is read is small whatever was written."""

import random

from benchmarks.faults.hostile_requests import query
from index.query.model import MAX_TERMS, BadRequest
from index.query.parse import parse
from index.query.plan import required
from index.query.syntax import AnyOf, Clause, Phrase

TEXTS = ("Debt rescheduling", "AIDS treatments", "crime by district 2019", "the of and", "water-quality R&D")


def size(clause: Clause) -> int:
    """The words of a clause."""
    if isinstance(clause, AnyOf):
        return sum(map(size, clause.options))
    return len(clause.words) if isinstance(clause, Phrase) else 1


def test_bent_queries_give_small_plans_or_a_refusal() -> None:
    chance, read = random.Random(5), 0
    refused: list[BadRequest] = []
    for _ in range(3_000):
        text = query(chance, TEXTS)
        try:
            parsed = parse(text)
        except BadRequest as error:
            refused.append(error)
            continue
        read += 1
        values = (*parsed.filters.values(), *parsed.excluded_filters.values())
        words = sum(map(size, (*parsed.clauses, *parsed.excluded)))
        assert words + sum(map(len, values)) <= MAX_TERMS, text
        assert sum(map(size, required(parsed))) <= words
    assert read > 300
    assert len(refused) > 300
    assert all(error.parameter == "q" and len(error.message) < 200 for error in refused)
