"""What belongs to the records of a DCAT-US 3.0 document and stands elsewhere in it.

A first reading gathers services, series, catalog records and the heads of nested catalogues, without the
datasets; in the second each record gets its own (see `mappings.dcat_us_3_context`). What is gathered is a few
hundred bytes a service or member, not the document.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from harvesters.dcat_us_names import is_inline, named_by, names_of
from harvesters.dcat_us_stream import DATASETS, RECORDS, SERIES, SERVICES, CatalogueStream
from harvesters.inflate import BodyError
from harvesters.json_element import Element
from harvesters.json_faults import JsonStreamError
from mappings.dcat_us_3_context import CONTEXT, identify

MOST = 300_000
"""Names that are remembered; data.gov's largest source has 100,000 datasets."""
HELD = 8 * 1024**2
"""Bytes of services that wait for their datasets."""
_OFFER = ("@id", "identifier", "title", "endpointURL", "endpointDescription", "conformsTo", "accessRights")
_VALUE = 4_000
_NEEDLES = (
    *(b"DCAT-US 3", b"dcat-us-3", b"dcat-us/3", b'"datasetSeries"', b'"servesDataset"', b'"service"'),
    *(b'"catalog"', b'"inSeries"', b'"Catalog"', b'"@graph"'),
)
"""One of them stands in every document of 3.0, and hardly in one of 1.1."""
_IS_1_1 = b"project-open-data.cio.gov/v1."
_OVERLAP = 40

Part = dict[str, Any]


@dataclass(slots=True)
class Context:
    """`served`, `members` and `recorded` are by a dataset's name, `services` and `series` by their own."""

    heads: list[Part] = field(default_factory=list)
    above: list[int] = field(default_factory=list)
    lists: int = 0
    services: dict[str, Part] = field(default_factory=dict)
    served: dict[str, list[Part]] = field(default_factory=dict)
    series: dict[str, Part] = field(default_factory=dict)
    members: dict[str, list[Part]] = field(default_factory=dict)
    recorded: dict[str, Part] = field(default_factory=dict)
    found: set[str] = field(default_factory=set)
    """Services that serve a dataset of this document."""
    _left: int = MOST

    def is_3(self) -> bool:
        """Whether the document says or shows that it is of 3.0."""
        head = self.heads[0] if self.heads else {}
        return bool(version_said(head)) or bool(self.services or self.series) or len(self.heads) > 1

    def note(self, key: str, value: Any) -> None:
        """Remember what a part says about others."""
        if not isinstance(value, dict):
            return
        if key == SERVICES:
            offer = _short(value)
            for name in names_of(value):
                self._put(self.services, name, offer)
            for name in named_by(value.get("servesDataset")):
                self._add(self.served, name, offer)
        elif key == SERIES:
            part = _head(value)
            for name in names_of(value):
                self._put(self.series, name, part)
            for place in ("seriesMember", "first", "last"):
                for name in named_by(value.get(place)):
                    self._add(self.members, name, part)
        elif key == RECORDS:
            dates = {name: value[name] for name in ("modified", "issued") if name in value}
            for name in named_by(value.get("primaryTopic")):
                self._put(self.recorded, name, dates)

    def records(self, key: str, catalog: int, element: Element) -> Iterator[Element]:
        """The records that an element of a list is: itself, and the datasets described inside it.

        A service that serves a dataset of the document is none: it becomes a way to get the dataset.
        """
        value = element.value
        if key == RECORDS or not isinstance(value, dict):
            if key != RECORDS:
                yield element
            return
        if key == DATASETS:
            yield self._completed(element, catalog)
            return
        for place in {SERVICES: ("servesDataset",), SERIES: ("seriesMember", "first", "last")}[key]:
            yield from self._inline(element, place, catalog)
        yield self._completed(element, catalog)

    def absorbs(self, value: Any) -> bool:
        """Whether a service serves a dataset that was read."""
        return not self.found.isdisjoint(names_of(value) or [_unnamed(value)])

    def _inline(self, element: Element, place: str, catalog: int) -> Iterator[Element]:
        """Datasets described inside; a reference is left in their place."""
        inner = element.value.get(place)
        items = inner if isinstance(inner, list) else [inner]
        if not any(map(is_inline, items)):
            return
        left: list[Any] = []
        for item in items:
            names = names_of(item)
            if is_inline(item) and (place == "seriesMember" or not self._is_listed(element.value, names)):
                raw = orjson.dumps(item)
                yield self._completed(Element(element.position, raw, orjson.loads(raw)), catalog)
            left.append(names[0] if names else None)
        element.value[place] = [name for name in left if name]
        element.raw = orjson.dumps(element.value)

    @staticmethod
    def _is_listed(series: Part, names: list[str]) -> bool:
        members = set(named_by(series.get("seriesMember")))
        return not members.isdisjoint(names)

    def _completed(self, element: Element, catalog: int) -> Element:
        """The record with what belongs to it."""
        value = element.value
        if not isinstance(value, dict) or element.trouble is not None:
            return element
        names = names_of(value)
        series = [part for name in names for part in self.members.get(name, [])]
        for name in named_by([*_listed(value.get("inSeries")), *_listed(value.get("isPartOf"))]):
            series += [self.series[name]] if name in self.series else []
        services = [offer for name in names for offer in self.served.get(name, [])]
        for offer in services:
            self.found.update(names_of(offer) or [_unnamed(offer)])
        for entry in _listed(value.get("distribution"))[:1_000]:
            if isinstance(entry, dict):
                for name in named_by(entry.get("accessService")):
                    services += [self.services[name]] if name in self.services else []
        record = next((self.recorded[name] for name in names if name in self.recorded), None)
        context = {
            "catalog": self._around(catalog),
            "series": _once(series),
            "service": _once(services),
            "record": [record] if record else [],
        }
        context = {name: parts for name, parts in context.items() if parts}
        if not context:
            return element
        more = b'"%s":%s}' % (CONTEXT.encode(), orjson.dumps(context))
        raw = element.raw.rstrip()[:-1].rstrip() + (b"," if value else b"") + more
        return Element(element.position, raw, {**value, CONTEXT: context})

    def _around(self, catalog: int) -> list[Part]:
        """The catalogues that one is nested in, itself first; the document is none."""
        found = []
        while catalog and catalog < len(self.heads):
            found.append(_head(self.heads[catalog]))
            catalog = self.above[catalog]
        return found

    def _put(self, table: dict[str, Part], name: str, part: Part) -> None:
        if self._left > 0:
            self._left -= 1
            table.setdefault(name, part)

    def _add(self, table: dict[str, list[Part]], name: str, part: Part) -> None:
        if self._left > 0:
            self._left -= 1
            table.setdefault(name, []).append(part)


def may_be_3(chunks: Iterator[bytes]) -> bool:
    """Whether a document is worth a first reading; it is looked through without being parsed."""
    held = b""
    try:
        for chunk in chunks:
            if not held and _IS_1_1 in chunk[:4_096]:
                return False
            held += chunk
            if any(needle in held for needle in _NEEDLES):
                return True
            held = held[-_OVERLAP:]
    except BodyError:
        return False  # told where it is read
    return False


def gathered(chunks: Iterator[bytes]) -> Context:
    """The context of a document, as far as it can be read."""
    stream = CatalogueStream(chunks, (SERVICES, SERIES, RECORDS), passing=(DATASETS,))
    context = Context(stream.heads, stream.above)
    try:
        for element in stream.elements():
            context.note(stream.key, element.value)
    except (JsonStreamError, BodyError):
        pass  # told where the datasets are read
    return context


def version_said(head: Part) -> str:
    """By what a catalogue says that it is of 3.0; empty where it does not."""
    for name in ("conformsTo", "@context"):
        for item in _listed(head.get(name)):
            parts = [item.get("title"), item.get("@id")] if isinstance(item, dict) else [item]
            for part in parts:
                text = part.casefold().replace(" ", "-").replace("/", "-") if isinstance(part, str) else ""
                if "dcat-us-3" in text or "dcat-us-v3" in text:
                    return f"{name} {part}"[:200]
    if head.get("@type") == "Catalog":
        return "@type Catalog, without a prefix"
    return ""


def _short(service: Part) -> Part:
    """A service as it stands beside a dataset."""
    offer = {name: service[name] for name in _OFFER if service.get(name) not in (None, "", [], {})}
    return {name: value for name, value in offer.items() if len(orjson.dumps(value)) <= _VALUE}


def _head(part: Part) -> Part:
    """Name and title of a series or catalogue."""
    title = part.get("title") or part.get("titleMap")
    found = {"@id": part.get("@id"), "identifier": identify(part), "title": title}
    return {name: value for name, value in found.items() if value and len(orjson.dumps(value)) <= _VALUE}


def _unnamed(service: Part) -> str:
    """What tells a service without a name."""
    return f"endpoint {service.get('endpointURL')!r}"


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _once(parts: list[Part]) -> list[Part]:
    return list({id(part): part for part in parts}.values())
