"""How far two rankings agree, and queries to ask any catalogue.

`overlap` is the share of the first ten that both show, whatever their order: what a reader of one page gets
to see. `rank_biased` weighs the places as a reader does who looks at each next result with probability 0.9
(Webber, Moffat and Zobel, 2010), over the ten that are shown: two results changing places at the top cost
more than at the bottom. Both are 1 for equal rankings.
"""

import random
from collections.abc import Sequence
from itertools import accumulate

from index.engines.protocol import IndexDocument

DEPTH = 10
_PERSISTENCE = 0.9


def overlap(one: Sequence[str], other: Sequence[str]) -> float:
    """The share of the longer of the first tens that is in both."""
    first, second = set(one[:DEPTH]), set(other[:DEPTH])
    return len(first & second) / max(len(first), len(second), 1) if first or second else 1.0


def rank_biased(one: Sequence[str], other: Sequence[str]) -> float:
    """Rank-biased overlap to the depth of the longer ranking, at most ten."""
    depth = min(max(len(one), len(other)), DEPTH)
    if depth == 0:
        return 1.0
    agreed = [len(set(one[:at]) & set(other[:at])) / at for at in range(1, depth + 1)]
    weights = list(accumulate(range(1, depth), lambda weight, _: weight * _PERSISTENCE, initial=1.0))
    return sum(map(float.__mul__, agreed, weights)) / sum(weights)


def queries_for(documents: Sequence[IndexDocument], number: int) -> list[str]:
    """Queries made of the catalogue's own words: some that stand together in a title, some from two titles,
    some quoted, excluded, joined by OR or misspelt. The same at every call."""
    chance = random.Random(11)
    titles = [words for d in documents if len(words := d.texts["title"].split()) > 1]
    found: list[str] = []
    for turn in range(number):
        words, others = chance.choice(titles), chance.choice(titles)
        start = chance.randrange(len(words))
        together = words[start : start + chance.choice([1, 2, 3, 4])]
        other = chance.choice(others)
        found.append(
            (
                " ".join(together),
                " ".join([*together, other]),
                f'"{" ".join(words[start : start + 2])}" {other}',
                f"{' '.join(together)} -{other}",
                f"{together[0]} OR {other} {words[-1]}",
                f"{' '.join(together)} zzzqqq {other}",
            )[turn % 6]
        )
    return found
