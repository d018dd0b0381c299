"""What a DCAT-US 3.0 record is a part of, and where it is from."""

from collections.abc import Mapping
from typing import Any

from mappings.dataset import Dataset, Origin, Part
from mappings.dates import read_date
from mappings.dcat_us_3_context import context_of, identify
from mappings.dcat_us_3_values import Node, label, listed, literal, text_in
from mappings.dcat_us_links import LINK_LIMIT
from mappings.identity import read_identifier
from mappings.issue import IssueLog
from mappings.text import read_line
from mappings.urls import read_url


def read_lineage(node: Node, record: Mapping[str, Any], dataset: Dataset, log: IssueLog) -> None:
    """Series and catalogues it is a part of, where it is from, and when its metadata changed."""
    parts: dict[str, Part] = {}
    known: set[str] = set()
    series = context_of(record, "series")
    for above in [*series, *context_of(record, "catalog")]:
        known |= {name for name in (above.get("@id"), above.get("identifier")) if isinstance(name, str)}
        _add_part(parts, above, log)
    for above in [*listed(node.get("inSeries")), *listed(node.get("isPartOf"))]:
        part = above if isinstance(above, dict) else {"@id": above}
        if known.isdisjoint(
            {name for name in (part.get("@id"), part.get("identifier")) if isinstance(name, str)}
        ):
            _add_part(parts, part, log)
    dataset.part_of = list(parts.values())[:LINK_LIMIT]
    if nested := context_of(record, "catalog"):
        dataset.origin = _origin(nested[0], node, dataset)
    for about in context_of(record, "record"):
        dataset.metadata_modified = read_date(literal(about.get("modified")), "record.modified", log)


def _add_part(parts: dict[str, Part], above: Node, log: IssueLog) -> None:
    identifier = read_identifier(identify(above))
    title = read_line(text_in(above, "title"), "inSeries.title", log)
    if identifier is not None:
        parts.setdefault(identifier, Part(identifier, title=title))


def _origin(catalog: Node, node: Node, dataset: Dataset) -> Origin:
    """The nested catalogue: the one that publishes the document hands it on."""
    quiet = IssueLog()
    identifier = read_identifier(identify(node))
    return Origin(
        read_line(text_in(catalog, "title") or label(catalog), "catalog.title", quiet),
        identifier,
        dataset.landing_page or read_url(identifier, "identifier", IssueLog()),
        read_identifier(identify(catalog)),
    )
