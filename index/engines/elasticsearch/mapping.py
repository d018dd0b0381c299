"""The index template: settings and a strict mapping, derived from the table of fields.

Only what every Elasticsearch has without a paid licence is used: `text`, `keyword` and `long` fields and the
white-space analyzer. Text comes prepared and stemmed (`index.analysis`), so all that is left is to split it.
"""

from functools import cache
from typing import Any

from index.engines.access import EngineAccess
from index.engines.forms import Form, all_exact, facet_field, fields_version, forms
from index.fields import FACETS

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

_SIMILARITY = {"default": {"type": "BM25", "k1": 1.2, "b": 0.75}}
"""tantivy's numbers, which are also Lucene's usual ones: said, so that nobody's default changes a ranking."""


def text_field(form: Form) -> str:
    """The field that holds an indexed form of a text.

    The stemmed one is filled by us. Lucene's English stemmer is of an older revision of Snowball than
    tantivy's and PyStemmer's ("university" and "universe" have one stem there), so each engine's own would
    find different datasets.
    """
    return f"{form.text}_stem" if form.stemmed else form.text


@cache
def version() -> str:
    """Names what an index was made for (`index.engines.forms.fields_version`)."""
    return fields_version(_LAYOUT_VERSION)


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
    """The strict mapping. Nothing is kept as it was sent (`_source`): results are read from the record store.

    10,000 real documents took 4.6 s without it, 6.3 s with all of it and 7.7 s with the texts left out of it
    (medians of three in turns): what is filtered out is still kept for a while, to bring a copy up to date.
    """
    keyword = {"type": "keyword", "ignore_above": KEYWORD_LIMIT}
    properties: dict[str, Any] = {
        ID: {"type": "keyword"},
        FINGERPRINT: {"type": "long", "index": False},
        MODIFIED: {"type": "long"},
        POPULARITY: {"type": "long"},
        TITLE_KEY: {"type": "keyword"},
    }
    properties |= {text_field(form): _text(form) for form in forms()}
    properties |= {facet_field(facet.name): keyword for facet in FACETS if facet.kind == "value"}
    return {"dynamic": "strict", "_source": {"enabled": False}, "properties": properties}


def _text(form: Form) -> dict[str, Any]:
    """A form of a text. Phrases are searched in the exact one of `all` alone, which keeps positions, and a
    gap of 100 between two parts, as a text field does by itself. What is so by itself is not said: the
    cluster leaves it out when it tells a mapping, and `drift` compares."""
    field: dict[str, Any] = {"type": "text", "analyzer": "whitespace"}
    return field if form == all_exact() else field | {"index_options": "freqs"}
