"""From the records of a cluster to the one document an engine indexes, and to the labels of its facets.

The canonical record gives title, date, type and place; the text and the facet values of all members count,
so that a search for a copy's publisher or portal finds the cluster.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from index.analysis import sort_key
from index.document_facets import facet_values, jurisdiction_of, known_places
from index.document_text import searched_texts
from index.engines.protocol import IndexDocument
from index.linkage import canonical
from index.store.model import Source, StoredRecord
from mappings.dataset import Dataset
from mappings.dates import date_key
from mappings.text import slugify


def index_document(
    records: Sequence[StoredRecord], sources: Mapping[str, Source], sequence: int = 0
) -> IndexDocument:
    """The document of a cluster's live records (at least one); `sources` by id, `sequence` the cluster's
    change number."""
    first = canonical(records) if len(records) > 1 else records[0]
    ordered = [first, *(record for record in records if record is not first)]
    return IndexDocument(
        id=first.cluster_id,
        texts=searched_texts(ordered, sources),
        facets=facet_values(ordered, sources),
        title_key=sort_key(first.dataset.title),
        modified=_first_known(date_key(record.dataset.modified) for record in ordered),
        popularity=popularity(ordered),
        bbox=_bbox(first.dataset),
        sequence=sequence,
    )


def facet_labels_of(record: StoredRecord, source: Source) -> Iterator[tuple[str, str, str]]:
    """(facet, value, label) of the values whose names only the data knows: portals, publishers, topics,
    places, jurisdictions. All others are named by `index.labels`."""
    yield "source", source.id.casefold(), source.title or source.id
    dataset = record.dataset
    if dataset.publisher is not None:
        yield "publisher", dataset.publisher.id.casefold(), dataset.publisher.name
    if jurisdiction := jurisdiction_of(dataset, source):
        yield "jurisdiction", slugify(jurisdiction) or jurisdiction.casefold(), jurisdiction
    for topic in dataset.topics:
        yield "topic", topic.id.casefold(), topic.label
    for place in known_places(dataset):
        yield "place", (place.id or "").casefold(), place.name


def popularity(records: Iterable[StoredRecord]) -> int | None:
    """The greatest count of views among the copies, of downloads where a portal counts only those."""
    counts = (r.views if r.views is not None else r.downloads for r in records)
    return max((count for count in counts if count is not None), default=None)


def _first_known(values: Iterable[int | None]) -> int | None:
    return next((value for value in values if value is not None), None)


def _bbox(dataset: Dataset) -> tuple[float, float, float, float] | None:
    if dataset.spatial is None or dataset.spatial.bbox is None:
        return None
    west, south, east, north = dataset.spatial.bbox
    return west, south, east, north
