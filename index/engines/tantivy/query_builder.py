"""Build tantivy queries from the parsed query; tantivy's own parser never sees a character of it.

A word matches where its stem stands in `all`. All other forms of it only add to the score: exact before
stem, title and tags a little (weights: `index.fields`, measured there).
"""

from collections.abc import Iterable

import tantivy

from index.analysis import stem
from index.engines.forms import Form, all_exact, all_stem, extra_terms, facet_field
from index.engines.selection import Narrowing, Selection
from index.engines.tantivy.schema import MODIFIED
from index.query.plan import majority
from index.query.syntax import AnyOf, Clause, Word

Part = tuple[tantivy.Occur, tantivy.Query]
MUST, SHOULD, MUST_NOT = tantivy.Occur.Must, tantivy.Occur.Should, tantivy.Occur.MustNot


class QueryBuilder:
    """Builds queries for one schema."""

    def __init__(self, schema: tantivy.Schema) -> None:
        self._schema = schema

    def matching(self, selection: Selection) -> tantivy.Query:
        """What matches, with no care for scores: for counting."""
        return self._whole(selection, self._words(selection, scored=False))

    def scored(self, selection: Selection) -> tantivy.Query:
        """What matches, scored."""
        return self._whole(selection, self._words(selection, scored=True))

    def partial(self, selection: Selection) -> tantivy.Query:
        """What matches most of the clauses but not all of them, scored."""
        every = self._all_of(selection.clauses, scored=False)
        parts = self._words(selection.matching("any"), scored=True)
        return self._whole(selection, [*parts, (MUST_NOT, tantivy.Query.boolean_query(every))])

    def among(self, selection: Selection, field: str, values: list[str]) -> tantivy.Query:
        """What of these documents matches."""
        found = tantivy.Query.term_set_query(self._schema, field, values)
        return tantivy.Query.boolean_query([(MUST, self.matching(selection)), (MUST, found)])

    def _whole(self, selection: Selection, parts: list[Part]) -> tantivy.Query:
        parts = [
            *parts,
            *((MUST, self._unscored(self._narrowing(one))) for one in selection.narrowings),
            *((MUST_NOT, self._match(term)) for term in selection.excluded),
            *((MUST_NOT, self._narrowing(one)) for one in selection.excluded_narrowings),
        ]
        if not any(occur == MUST for occur, _ in parts):
            parts.append((MUST, self._unscored(tantivy.Query.all_query())))
        return tantivy.Query.boolean_query(parts)

    def _words(self, selection: Selection, *, scored: bool) -> list[Part]:
        clauses = selection.clauses
        if not clauses:
            return []
        if selection.match == "all":
            parts = self._all_of(clauses, scored=scored)
        else:
            parts = [(MUST, self._unscored(self._most_of(selection)))]
            if scored:
                parts.extend((SHOULD, self._match(clause, scored=True)) for clause in clauses)
        if scored:
            extras = (extra for clause in clauses for extra in extra_terms(clause))
            parts.extend((SHOULD, self._term(one.form, one.value, one.form.weight)) for one in extras)
        return parts

    def _most_of(self, selection: Selection) -> tantivy.Query:
        """What has a telling clause, or more than half of all."""
        options = [(SHOULD, self._match(clause)) for clause in selection.telling]
        if len(selection.telling) < len(selection.clauses):
            every = [(SHOULD, self._match(clause)) for clause in selection.clauses]
            options.append((SHOULD, tantivy.Query.boolean_query(every, majority(len(every)))))
        return tantivy.Query.boolean_query(options)

    def clause(self, clause: Clause) -> tantivy.Query:
        """What matches one clause."""
        return self._match(clause)

    def _all_of(self, clauses: Iterable[Clause], *, scored: bool) -> list[Part]:
        return [(MUST, self._match(clause, scored=scored)) for clause in clauses]

    def _match(self, clause: Clause, *, scored: bool = False) -> tantivy.Query:
        """Where a clause matches."""
        if isinstance(clause, AnyOf):
            options = [(SHOULD, self._match(option, scored=scored)) for option in clause.options]
            return tantivy.Query.boolean_query(options)
        if isinstance(clause, Word):
            return self._term(all_stem(), stem(clause.text), all_stem().weight if scored else 1.0)
        weight = all_stem().weight + all_exact().weight if scored else 1.0
        if len(clause.words) == 1:
            return self._term(all_exact(), clause.words[0], weight)
        phrase = tantivy.Query.phrase_query(self._schema, all_exact().field, list(clause.words))
        return phrase if weight == 1.0 else tantivy.Query.boost_query(phrase, weight)

    def _term(self, form: Form, value: str, weight: float) -> tantivy.Query:
        query = tantivy.Query.term_query(self._schema, form.field, value, "freq")
        return query if weight == 1.0 else tantivy.Query.boost_query(query, weight)

    def _narrowing(self, one: Narrowing) -> tantivy.Query:
        if one.window is not None:
            start, end = one.window
            kind = tantivy.FieldType.Integer
            return tantivy.Query.range_query(self._schema, MODIFIED, kind, start, end, include_upper=False)
        field = facet_field(one.facet)
        if len(one.values) == 1:
            return tantivy.Query.term_query(self._schema, field, one.values[0], "basic")
        return tantivy.Query.term_set_query(self._schema, field, list(one.values))

    def _unscored(self, query: tantivy.Query) -> tantivy.Query:
        return tantivy.Query.const_score_query(query, 0.0)
