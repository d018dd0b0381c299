"""The tantivy schema, derived from the table of fields."""

from functools import cache

import tantivy

from index.analysis import MAX_WORD_BYTES
from index.engines.forms import Form, all_exact, facet_field, fields_version, forms
from index.fields import FACETS

ID = "id"
FINGERPRINT = "fingerprint"
MODIFIED = "modified"
SORT_FIELDS = {"modified": "by_modified", "title": "by_title", "popular": "by_popularity"}

_LAYOUT_VERSION = 1
"""Raised when the same table of fields is indexed in another way."""


@cache
def schema() -> tantivy.Schema:
    """The schema. Only the id and the fingerprint are stored: results are read from the record store."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field(ID, stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field(FINGERPRINT, stored=True)
    for form in forms():
        positions = "position" if form == all_exact() else "freq"
        builder.add_text_field(form.field, tokenizer_name=_analyzer_name(form), index_option=positions)
    for facet in FACETS:
        if facet.kind == "value":
            builder.add_text_field(
                facet_field(facet.name), fast=True, tokenizer_name="raw", index_option="basic"
            )
    builder.add_integer_field(MODIFIED, fast=True)
    builder.add_unsigned_field(SORT_FIELDS["modified"], fast=True)
    builder.add_unsigned_field(SORT_FIELDS["popular"], fast=True)
    builder.add_text_field(SORT_FIELDS["title"], fast=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


@cache
def version() -> str:
    """Names what an index was made for (`index.engines.forms.fields_version`)."""
    return fields_version(_LAYOUT_VERSION)


def analyzer(*, stemmed: bool) -> tantivy.TextAnalyzer:
    """tantivy's part of `index.analysis`: split prepared text at white space, drop what is too long, stem."""
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace())
    builder = builder.filter(tantivy.Filter.remove_long(MAX_WORD_BYTES + 1))
    if stemmed:
        builder = builder.filter(tantivy.Filter.stemmer("english"))
    return builder.build()


def register(index: tantivy.Index) -> None:
    """Give an index its analyzers; tantivy does not keep them, so this follows every opening."""
    index.register_tokenizer("hub_exact", analyzer(stemmed=False))
    index.register_tokenizer("hub_stem", analyzer(stemmed=True))


def _analyzer_name(form: Form) -> str:
    return "hub_stem" if form.stemmed else "hub_exact"
