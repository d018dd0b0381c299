"""The searched text of a cluster: what a person may know a dataset by, prepared for the engines.

Every part (a title, a description, one keyword, one column, …) is a line of its own, because no phrase may
cross from one to the next. `all` holds the words of all other texts.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from index.analysis import prepare
from index.store.model import Source, StoredRecord

TEXT_LIMIT = 65_536
"""Characters of a cluster's text that are indexed; records with thousands of columns are cut."""


def searched_texts(records: Sequence[StoredRecord], sources: Mapping[str, Source]) -> dict[str, str]:
    """The texts by `index.fields.TEXT_FIELDS` name; the canonical record comes first in `records`."""
    dataset = records[0].dataset
    title, description = _prepared([dataset.title]), _prepared([dataset.description])
    tags = _prepared(text for record in records for text in _tags(record))
    copies = _prepared(text for r in records[1:] for text in (r.dataset.title, r.dataset.description))
    further = _prepared(text for record in records for text in _further(record, sources))
    whole = "\n".join(part for part in (title, description, tags, copies, further) if part)
    if len(whole) > TEXT_LIMIT:
        whole = whole[:TEXT_LIMIT].rpartition(" ")[0]
    return {"all": whole, "title": title, "tags": tags}


def _further(record: StoredRecord, sources: Mapping[str, Source]) -> Iterator[str | None]:
    """Names that stand around a dataset. The source's title and jurisdiction too: "boston crime"."""
    dataset, source = record.dataset, sources.get(record.source)
    if dataset.publisher is not None:
        yield dataset.publisher.name
        yield dataset.publisher.as_published
        yield from dataset.publisher.parents
    if dataset.spatial is not None:
        for place in dataset.spatial.places:
            yield place.name
    if source is not None:
        yield source.title
        yield source.jurisdiction
    yield record.identifier
    yield dataset.landing_page
    for column in dataset.columns:
        yield column.label
        if column.label is None or column.name.replace("_", " ") != column.label.lower():
            yield column.name


def _tags(record: StoredRecord) -> Iterator[str]:
    yield from record.dataset.keywords
    for topic in record.dataset.topics:
        yield topic.label


def _prepared(texts: Iterable[str | None]) -> str:
    """The texts prepared, each once and on a line of its own."""
    return prepare("\n".join([text.replace("\n", " ") for text in dict.fromkeys(texts) if text]))
