"""What an engine must answer, worked out the slow way: every document looked at, word by word.

It shares the parser, the analysis and the rules of matching with the engines, and nothing else.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from index.analysis import stem
from index.engines.protocol import EngineRequest, IndexDocument
from index.fields import FACETS_BY_NAME
from index.query.plan import majority, required, telling
from index.query.syntax import AnyOf, Clause, Word
from index.query.windows import bounds, by_width, widest


@dataclass(frozen=True)
class Texts:
    """One document's words, by stem and by line."""

    document: IndexDocument

    @cached_property
    def lines(self) -> list[list[str]]:
        return [line.split() for line in self.document.texts["all"].split("\n")]

    @cached_property
    def stems(self) -> frozenset[str]:
        return frozenset(stem(word) for line in self.lines for word in line)

    def has(self, clause: Clause) -> bool:
        if isinstance(clause, AnyOf):
            return any(self.has(option) for option in clause.options)
        if isinstance(clause, Word):
            return stem(clause.text) in self.stems
        size, wanted = len(clause.words), list(clause.words)
        return any(
            line[at : at + size] == wanted for line in self.lines for at in range(len(line) - size + 1)
        )


class Reference:
    """A search engine that cannot be wrong quickly."""

    def __init__(self, documents: Sequence[IndexDocument]) -> None:
        self.texts = [Texts(document) for document in documents]
        self._known: dict[Clause, frozenset[str]] = {}

    def matching(self, request: EngineRequest) -> dict[str, bool]:
        """The ids found, and whether each is partial."""
        clauses = required(request.query)
        enough = telling(clauses, [len(self._having(clause)) for clause in clauses], len(self.texts))
        found: dict[str, bool] = {}
        for texts in self.texts:
            if not self._admitted(texts.document, request):
                continue
            has = [texts.document.id in self._having(clause) for clause in clauses]
            if all(has):
                found[texts.document.id] = False
            elif request.match == "any" and len(clauses) > 1:
                told = any(texts.document.id in self._having(clause) for clause in enough)
                if told or sum(has) >= majority(len(clauses)):
                    found[texts.document.id] = True
        return found

    def facet(self, request: EngineRequest, name: str, size: int) -> list[tuple[str, int]]:
        """A facet's counts: its own selection left out; the most frequent values, then selected ones."""
        others = {facet: values for facet, values in request.filters.items() if facet != name}
        base = replace(request, filters=others)
        if FACETS_BY_NAME[name].kind == "updated":
            return [
                (window, len(self.matching(replace(base, filters={**others, name: (window,)}))))
                for window in by_width()
            ]
        ids = self.matching(base)
        documents = [texts.document for texts in self.texts if texts.document.id in ids]
        counts = Counter(value for document in documents for value in document.facets.get(name, []))
        top = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:size]
        shown = {value for value, _ in top}
        return top + [(v, counts[v]) for v in sorted(request.filters.get(name, ())) if v not in shown]

    def ordered(self, request: EngineRequest) -> list[str]:
        """The ids found in the order of a sort that is not relevance."""
        ids = self.matching(request)
        documents = [texts.document for texts in self.texts if texts.document.id in ids]
        return [document.id for document in sorted(documents, key=lambda d: _sort_key(d, request.sort))]

    def _having(self, clause: Clause) -> frozenset[str]:
        if clause not in self._known:
            self._known[clause] = frozenset(t.document.id for t in self.texts if t.has(clause))
        return self._known[clause]

    def _admitted(self, document: IndexDocument, request: EngineRequest) -> bool:
        query = request.query
        return (
            not any(document.id in self._having(term) for term in query.excluded)
            and all(_selected(document, f, v, request.now) for f, v in request.filters.items())
            and not any(_selected(document, f, v, request.now) for f, v in query.excluded_filters.items())
        )


def _selected(document: IndexDocument, facet: str, values: tuple[str, ...], now: datetime) -> bool:
    if FACETS_BY_NAME[facet].kind == "value":
        return not set(values).isdisjoint(document.facets.get(facet, []))
    window = widest(values)
    assert window is not None
    start, end = bounds(window, now)
    return document.modified is not None and start <= document.modified < end


def _sort_key(document: IndexDocument, sort: str) -> tuple[bool, int | str, str]:
    if sort == "title":
        return False, document.title_key, document.id
    value = document.modified if sort == "modified" else document.popularity
    return value is None, -(value or 0), document.id
