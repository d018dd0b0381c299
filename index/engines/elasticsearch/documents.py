"""An index document as a line of a bulk request.

The version of a document in the cluster is the number of the change it is of (`external_gte`): a later one
replaces it, the same one may be written again, an earlier one is refused as stale, in whatever order they
come and whoever sends them. A deletion counts the same.
"""

import re
from dataclasses import dataclass
from typing import Any

import orjson

from index.analysis import MAX_WORD_BYTES, is_word, stemmed
from index.engines.elasticsearch.mapping import (
    FINGERPRINT,
    ID,
    KEYWORD_LIMIT,
    MODIFIED,
    POPULARITY,
    TITLE_KEY,
    text_field,
)
from index.engines.fingerprint import fingerprint
from index.engines.forms import Form, all_exact, facet_field, forms
from index.engines.protocol import Deletion, IndexDocument
from index.fields import FACETS

_VALUE_FACETS = tuple((facet.name, facet_field(facet.name)) for facet in FACETS if facet.kind == "value")
_SURE = MAX_WORD_BYTES // 4
"""Characters that are no more bytes than a word may have: a character has at most four."""
_LONG = re.compile(rf"\S{{{_SURE + 1},}}")
_NO_WORD = "_"
"""Stands where a word was left out, so that its neighbours do not become a phrase, and where there is no word
at all: Lucene's statistics of a field leave out documents that lack it, tantivy's do not, and rare fields
would score differently. No query holds it."""


@dataclass(frozen=True, slots=True)
class Action:
    """One item of a bulk request: `lines` as they are sent, without the last line feed."""

    id: str
    sequence: int
    lines: bytes


def upsert(document: IndexDocument) -> Action:
    """Put a document in place of an earlier state. Raises orjson.JSONEncodeError for text or numbers that no
    JSON can hold."""
    return Action(
        document.id,
        document.sequence,
        _head("index", document.id, document.sequence) + b"\n" + orjson.dumps(_source(document)),
    )


def removal(gone: Deletion) -> Action:
    """Remove a document, if it is of no later state."""
    return Action(gone.id, gone.sequence, _head("delete", gone.id, gone.sequence))


def _head(operation: str, document_id: str, sequence: int) -> bytes:
    return orjson.dumps(
        {operation: {"_id": document_id, "version": sequence, "version_type": "external_gte"}}
    )


def _source(document: IndexDocument) -> dict[str, Any]:
    texts, words = document.texts, document.texts.get("all", "").split() or [_NO_WORD]
    if max(map(len, words)) > _SURE:  # `all` holds the words of all others
        texts = {name: _sensible(text) for name, text in texts.items()}
        words = texts["all"].split()
    made: dict[str, Any] = {
        ID: document.id,
        FINGERPRINT: fingerprint(document),
        TITLE_KEY: document.title_key[:KEYWORD_LIMIT],
    }
    for form in forms():
        text = texts.get(form.text) or _NO_WORD
        if form.stemmed:
            made[text_field(form)] = stemmed(words if form.text == "all" else text.split())
        else:
            made[text_field(form)] = _exact(form, text)
    for facet, field in _VALUE_FACETS:
        if values := document.facets.get(facet):
            made[field] = values
    if document.modified is not None:
        made[MODIFIED] = document.modified
    if document.popularity is not None:
        made[POPULARITY] = document.popularity
    return made


def _exact(form: Form, text: str) -> str | list[str]:
    """Where phrases are searched, each part of a text is a value of its own, so that none crosses two;
    elsewhere parts make no difference."""
    return text.split("\n") if form == all_exact() else text


def _sensible(text: str) -> str:
    """The text without what is too long to be a word."""
    return _LONG.sub(lambda match: match[0] if is_word(match[0]) else _NO_WORD, text)
