"""The index template: settings and a strict mapping, derived from the table of fields.

Only what every Elasticsearch has without a paid licence is used: `text` and `keyword` fields, the white-space
tokenizer, the `stemmer` filter. Text comes prepared (`index.analysis`), so splitting and stemming is all.
"""

from functools import cache
from hashlib import blake2b
from typing import Any

from index.analysis import ANALYSIS_VERSION
from index.engines.access import EngineAccess
from index.engines.forms import Form, facet_field, forms
from index.fields import FACETS, TEXT_FIELDS

ID = "id"
FINGERPRINT = "fingerprint"
MODIFIED = "modified"
TITLE_KEY = "title_key"
POPULARITY = "popularity"

KEYWORD_LIMIT = 8191
"""Characters of a keyword: four bytes each keep below the 32,766 that Lucene takes as one term."""

REFRESH = "-1"
"""Nothing becomes visible by time: what a search sees is what was committed, together with its watermark."""

_LAYOUT_VERSION = 1
"""Raised when the same table of fields is indexed in another way."""

_ANALYSIS = {
    "filter": {"hub_porter2": {"type": "stemmer", "language": "porter2"}},
    "analyzer": {
        "hub_exact": {"type": "custom", "tokenizer": "whitespace"},
        "hub_stem": {"type": "custom", "tokenizer": "whitespace", "filter": ["hub_porter2"]},
    },
}

_SIMILARITY = {"default": {"type": "BM25", "k1": 1.2, "b": 0.75}}
"""tantivy's numbers, which are also Lucene's usual ones: said, so that nobody's default changes a ranking."""


def text_field(form: Form) -> str:
    """The field that holds an indexed form of a text."""
    return f"{form.text}.stem" if form.stemmed else form.text


@cache
def version() -> str:
    """Names what an index was made for; an index of another version has to be built anew.

    Weights are no part of it: they only enter queries. Neither are shards and replicas.
    """
    parts = [
        _LAYOUT_VERSION,
        ANALYSIS_VERSION,
        [(form.field, form.stemmed) for form in forms()],
        [(facet.name, facet.kind) for facet in FACETS],
    ]
    return blake2b(repr(parts).encode(), digest_size=4).hexdigest()


def template(pattern: str, access: EngineAccess) -> dict[str, Any]:
    """The body of the index template, without the facts of one index (`_meta`).

    `allow_auto_create` is off: writing to an index somebody deleted must fail, not make an empty one.
    """
    return {
        "index_patterns": [pattern],
        "priority": 500,
        "allow_auto_create": False,
        "template": {"settings": {"index": settings(access)}, "mappings": mappings()},
        "_meta": {"description": "Made by hubsearch", "version": version()},
    }


def settings(access: EngineAccess) -> dict[str, Any]:
    """The settings of a visible index, as `GET /<index>/_settings` would name them.

    A deleted document's version is remembered for an hour (`gc_deletes`), so that no straggler with an older
    change brings it back. Every acknowledged write is on disk (`translog.durability`).
    """
    return {
        "number_of_shards": access.shards,
        **replicas(access),
        "refresh_interval": REFRESH,
        "gc_deletes": "1h",
        "translog": {"durability": "request"},
        "analysis": _ANALYSIS,
        "similarity": _SIMILARITY,
    }


def replicas(access: EngineAccess) -> dict[str, Any]:
    """The settings that say how many copies of a shard there are: a copy where there is a second node, or as
    many as the operator wants."""
    if access.replicas is None:
        return {"auto_expand_replicas": "0-1"}
    return {"auto_expand_replicas": "false", "number_of_replicas": access.replicas}


@cache
def mappings() -> dict[str, Any]:
    """The strict mapping. Texts are indexed and not kept: results are read from the record store."""
    keyword = {"type": "keyword", "ignore_above": KEYWORD_LIMIT}
    properties: dict[str, Any] = {
        ID: {"type": "keyword"},
        FINGERPRINT: {"type": "long", "index": False},
        MODIFIED: {"type": "long"},
        POPULARITY: {"type": "long"},
        TITLE_KEY: {"type": "keyword"},
    }
    properties |= {text.name: _text(text.name) for text in TEXT_FIELDS}
    properties |= {facet_field(facet.name): keyword for facet in FACETS if facet.kind == "value"}
    return {"dynamic": "strict", "_source": {"enabled": False}, "properties": properties}


def _text(name: str) -> dict[str, Any]:
    """A text: its exact form, and the stemmed one as a sub-field. Phrases are searched in `all` alone, which
    keeps positions, and a gap of 100 between two values, as text fields do unless told otherwise."""
    stemmed = {form.stemmed for form in forms() if form.text == name}
    stem = {"stem": {"type": "text", "analyzer": "hub_stem", "index_options": "freqs"}}
    field: dict[str, Any] = {"type": "text", "analyzer": "hub_exact"}
    if name != "all":
        field["index_options"] = "freqs"
    if False not in stemmed:
        field = {"type": "text", "index": False}
    return field | ({"fields": stem} if True in stemmed else {})
