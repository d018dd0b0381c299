"""An index document as tantivy takes it."""

import tantivy

from index.engines.fingerprint import fingerprint
from index.engines.forms import all_exact, facet_field, forms
from index.engines.protocol import IndexDocument
from index.engines.tantivy.schema import FINGERPRINT, ID, MODIFIED, SORT_FIELDS
from index.engines.tantivy.sort_keys import modified_key, popularity_key, title_key
from index.fields import FACETS

_IN_PARTS = all_exact().field
_VALUE_FACETS = tuple((facet.name, facet_field(facet.name)) for facet in FACETS if facet.kind == "value")


def to_tantivy(document: IndexDocument) -> tantivy.Document:
    """The tantivy document. Each part of a text that phrases are searched in is a value of its own, so that
    no phrase crosses two; elsewhere the parts make no difference."""
    made = tantivy.Document()
    add = made.add_text
    add(ID, document.id)
    made.add_unsigned(FINGERPRINT, fingerprint(document))
    for form in forms():
        text = document.texts.get(form.text, "")
        if form.field == _IN_PARTS:
            for part in text.split("\n"):
                add(form.field, part)
        else:
            add(form.field, text)
    for name, field in _VALUE_FACETS:
        for value in document.facets.get(name, ()):
            add(field, value)
    if document.modified is not None:
        made.add_integer(MODIFIED, document.modified)
    made.add_unsigned(SORT_FIELDS["modified"], modified_key(document.modified, document.id))
    made.add_unsigned(SORT_FIELDS["popular"], popularity_key(document.popularity, document.id))
    add(SORT_FIELDS["title"], title_key(document.title_key, document.id))
    return made
