"""The indexed forms of the searched texts, and what a clause is looked for in: the same for every engine."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from typing import NamedTuple

from index.analysis import ANALYSIS_VERSION, stem
from index.fields import FACETS, TEXT_FIELDS
from index.query.syntax import AnyOf, Clause, Phrase


@dataclass(frozen=True, slots=True)
class Form:
    """One indexed form of a text field, and its weight in the score; `field` is a plain name for it."""

    field: str
    text: str
    stemmed: bool
    weight: float


class Term(NamedTuple):
    """A word as a form holds it."""

    form: Form
    value: str


def facet_field(name: str) -> str:
    """The field that holds a facet's values."""
    return f"facet_{name}"


@cache
def forms() -> tuple[Form, ...]:
    """The indexed forms. `all` has both, whatever their weights: words match on its stems, phrases on its
    exact words."""
    both = [
        Form(f"{text.name}_{'stem' if stemmed else 'exact'}", text.name, stemmed, weight)
        for text in TEXT_FIELDS
        for stemmed, weight in ((True, text.stem), (False, text.exact))
    ]
    return tuple(form for form in both if form.weight or form.text == "all")


def fields_version(layout: int) -> str:
    """Names what an index was made for; an index of another version has to be built anew. `layout` counts the
    ways in which an engine has indexed the same table of fields.

    Weights are no part of it: they only enter queries. Neither are shards and replicas.
    """
    parts = [
        layout,
        ANALYSIS_VERSION,
        [(form.field, form.stemmed) for form in forms()],
        [(facet.name, facet.kind) for facet in FACETS],
    ]
    return blake2b(repr(parts).encode(), digest_size=4).hexdigest()


@cache
def all_stem() -> Form:
    """Where words match."""
    return next(form for form in forms() if form.text == "all" and form.stemmed)


@cache
def all_exact() -> Form:
    """Where phrases match."""
    return next(form for form in forms() if form.text == "all" and not form.stemmed)


def extra_terms(clause: Clause) -> Iterator[Term]:
    """What adds to the score of a clause that matches: its words in every form but those it matched in."""
    if isinstance(clause, AnyOf):
        for option in clause.options:
            yield from extra_terms(option)
    elif isinstance(clause, Phrase):
        for word in clause.words:
            for form in _extra_forms(phrase=True):
                yield Term(form, stem(word) if form.stemmed else word)
    else:
        for form in _extra_forms(phrase=False):
            yield Term(form, stem(clause.text) if form.stemmed else clause.text)


@cache
def _extra_forms(*, phrase: bool) -> tuple[Form, ...]:
    """A phrase matched in the exact words of all text, a word in the stems."""
    matched = {all_stem(), all_exact()} if phrase else {all_stem()}
    return tuple(form for form in forms() if form.weight and form not in matched)
