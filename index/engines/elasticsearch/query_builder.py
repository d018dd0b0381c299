"""Build Elasticsearch queries from the parsed query: finished clauses only, never a text to be parsed.

A word matches where its stem stands in `all`. All other forms of it only add to the score (weights:
`index.fields`). Words are stemmed here and given as terms, so that no analyzer has a say.
"""

from collections.abc import Iterable
from typing import Any

from index.analysis import stem
from index.engines.elasticsearch.mapping import MODIFIED, text_field
from index.engines.forms import Form, all_exact, all_stem, extra_terms, facet_field, forms
from index.engines.selection import Narrowing, Selection
from index.query.plan import majority
from index.query.syntax import AnyOf, Clause, Phrase, Word

Query = dict[str, Any]

EVERY_WORD = "every-word"
"""Names the query that tells complete hits from partial ones."""

_MOST = 2.2 * 22.0
"""More than BM25 can give a word of weight 1: k1 + 1 times its inverse document frequency, which stays below
22 in two thousand million documents, Lucene's limit."""


def matching(selection: Selection) -> Query:
    """What matches, with no care for scores."""
    return _whole(selection, {"filter": _required(selection)})


def scored(selection: Selection) -> Query:
    """What matches, scored."""
    if selection.match == "all":
        parts = {"must": _scored_matches(selection), "should": _extras(selection.clauses)}
    else:
        every = {"filter": [match(clause) for clause in selection.clauses]}
        first = {"constant_score": {"filter": {"bool": every}, "boost": head_start(selection)}}
        parts = {
            "filter": _required(selection),
            "should": [first, *_scored_matches(selection), *_extras(selection.clauses)],
        }
    return _whole(selection, parts)


def marked(selection: Selection) -> Query:
    """What matches, and hits that have every word carry the name EVERY_WORD."""
    every = [match(clause) for clause in selection.clauses]
    named = {"bool": {"filter": every, "_name": EVERY_WORD}}
    return _whole(selection, {"filter": _required(selection), "should": [named]})


def head_start(selection: Selection) -> float:
    """What hits with every word have on top of their score where partial ones match too: more than any score
    can be, so that one request answers in two tiers, of one state of the index.

    A power of two, so that it costs a score no more than the last of its digits: with three words, scores
    keep a resolution of a ten-thousandth.
    """
    weight = sum(form.weight for form in forms())
    most = sum(map(_words, selection.clauses)) * weight * _MOST
    return float(2 ** int(most).bit_length())


def match(clause: Clause) -> Query:
    """Where a clause matches."""
    return _match(clause, stem_weight=1.0, exact_weight=1.0)


def narrowing(one: Narrowing) -> Query:
    """What a selection in a facet admits."""
    if one.window is not None:
        start, end = one.window
        return {"range": {MODIFIED: {"gte": start, "lt": end}}}
    return {"terms": {facet_field(one.facet): list(one.values)}}


def _whole(selection: Selection, parts: dict[str, list[Query]]) -> Query:
    """The words' part, with what is selected and excluded around it."""
    admitted = [*parts.get("filter", []), *(narrowing(one) for one in selection.narrowings)]
    refused = [
        *(match(term) for term in selection.excluded),
        *(narrowing(one) for one in selection.excluded_narrowings),
    ]
    whole = parts | {"filter": admitted, "must_not": refused}
    whole = {occur: queries for occur, queries in whole.items() if queries}
    if not whole.keys() & {"must", "filter"}:
        whole["filter"] = [{"match_all": {}}]
    return {"bool": whole}


def _required(selection: Selection) -> list[Query]:
    """What must match."""
    if selection.match == "all":
        return [match(clause) for clause in selection.clauses]
    options = [match(clause) for clause in selection.telling]
    if len(selection.telling) < len(selection.clauses):
        every = [match(clause) for clause in selection.clauses]
        options.append(_some(every, majority(len(every))))
    return [_some(options)]


def _some(queries: list[Query], number: int = 1) -> Query:
    return {"bool": {"should": queries, "minimum_should_match": number}}


def _scored_matches(selection: Selection) -> list[Query]:
    stem_weight, exact_weight = all_stem().weight, all_exact().weight
    return [
        _match(clause, stem_weight=stem_weight, exact_weight=stem_weight + exact_weight)
        for clause in selection.clauses
    ]


def _extras(clauses: Iterable[Clause]) -> list[Query]:
    """What adds to the score."""
    extras = (extra for clause in clauses for extra in extra_terms(clause))
    return [_term(extra.form, extra.value, extra.form.weight) for extra in extras]


def _match(clause: Clause, *, stem_weight: float, exact_weight: float) -> Query:
    if isinstance(clause, AnyOf):
        return _some(
            [_match(option, stem_weight=stem_weight, exact_weight=exact_weight) for option in clause.options]
        )
    if isinstance(clause, Word):
        return _term(all_stem(), stem(clause.text), stem_weight)
    if len(clause.words) == 1:
        return _term(all_exact(), clause.words[0], exact_weight)
    return {"match_phrase": {text_field(all_exact()): _phrase(clause, exact_weight)}}


def _phrase(phrase: Phrase, weight: float) -> Query:
    """The words of a phrase hold no white space, so that splitting there gives them as they are."""
    return {"query": " ".join(phrase.words), "analyzer": "whitespace", "boost": weight}


def _term(form: Form, value: str, weight: float) -> Query:
    return {"term": {text_field(form): {"value": value, "boost": weight}}}


def _words(clause: Clause) -> int:
    if isinstance(clause, AnyOf):
        return sum(map(_words, clause.options))
    return len(clause.words) if isinstance(clause, Phrase) else 1
