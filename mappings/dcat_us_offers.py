"""Distributions of DCAT-US records, 1.0 and 1.1.

A 1.1 distribution holds a `downloadURL` (the file), an `accessURL` (a page, an API, a map) or both: both
become two distributions. ArcGIS Hub puts its files into `accessURL`, so the format decides there; Project
Open Data 1.0 means the file by `accessURL`. Socrata's 1.0 feeds give `formats` (label and media type) and
list a file's size as a second distribution whose `accessURL` reads "20 KB".
"""

import re
from dataclasses import dataclass, field
from typing import Any

from mappings.consume import Fields, says_something
from mappings.dataset import Column, Distribution, DistributionKind, Link
from mappings.dcat_us_links import DATA_DICTIONARY
from mappings.distributions import DISTRIBUTION_LIMIT, DistributionSet
from mappings.formats import FormatReading, read_format
from mappings.issue import IssueLog
from mappings.sizes import read_size
from mappings.text import PART_LIMIT, read_line, read_text
from mappings.urls import read_url

COLUMN_LIMIT = 2_000
WORD_LIMIT = 200
"""Columns of one record, and published spellings of formats that are noted; Argentina's widest have 200."""

_API_URL = re.compile(
    r"/rest/services/|/(?:feature|map|image)server(?:/|$)|[?&]service=w[mfc]s\b|//api\.|/api/|/odata/",
    re.IGNORECASE,
)
"""What programs talk to, where neither format nor media type says so."""


@dataclass(slots=True)
class OfferReader:
    """Reads what a record offers: distributions, and the documents and columns described in them.

    `access_means` is the kind of an `accessURL` that nothing else explains. `formats` and `media_types` map
    those published to ours; `left` holds fields without a place in the shared schema, with their URL.
    """

    log: IssueLog
    access_means: DistributionKind = "page"
    found: DistributionSet = field(default_factory=DistributionSet)
    documents: list[Link] = field(default_factory=list)
    columns: dict[str, Column] = field(default_factory=dict)
    formats: dict[str, str | None] = field(default_factory=dict)
    media_types: dict[str, str | None] = field(default_factory=dict)
    left: list[dict[str, Any]] = field(default_factory=list)
    labelled: dict[str, Distribution] = field(default_factory=dict)

    def read(self, raw: Any) -> None:
        """The record's `distribution`: a list of objects, one object, or (seen) a list of URLs."""
        if not says_something(raw):
            return
        entries = raw if isinstance(raw, list) else [raw]
        if len(entries) > DISTRIBUTION_LIMIT:
            end = f"of {len(entries):,} distributions {DISTRIBUTION_LIMIT:,} are kept"
            self.log.add("too-many-distributions", "distribution", end)
        for entry in entries[:DISTRIBUTION_LIMIT]:
            if isinstance(entry, dict):
                self._read_entry(entry)
            elif isinstance(entry, str):
                self._read_entry({"accessURL": entry})
            elif entry is not None:
                self.log.add("wrong-type", "distribution", "a distribution should be an object")

    def add(
        self, raw_url: Any, field_name: str, raw_format: Any = None, kind: DistributionKind | None = None
    ) -> None:
        """One URL given on the record itself; not reported when it repeats one of its distributions."""
        url = read_url(raw_url, field_name, self.log)
        if url and url not in self.found.by_url:
            reading = self._format(raw_format, None, url, "format")
            self.found.add(self._made(url, kind or self._kind(url, reading), reading))

    def _read_entry(self, entry: dict[str, Any]) -> None:
        fields = Fields(entry)
        fields.take("@type")
        label, raw_format, raw_type = self._published_formats(fields)
        raw_access = fields.take("accessURL")
        if self._is_size(label, raw_access):
            return
        raw_download = fields.take("downloadURL")
        download = read_url(raw_download, "distribution.downloadURL", self.log)
        access = read_url(raw_access, "distribution.accessURL", self.log)
        lost = {} if download else {"downloadURL": raw_download}
        if access is None:
            lost["accessURL"] = raw_access
        if label and not raw_format:
            lost["formats"] = label
        url = download or access
        if url is None:
            self.log.add("distribution-without-url", "distribution", "a distribution has no usable URL")
            self._keep_left(fields, None, {**lost, "format": raw_format, "mediaType": raw_type})
            return
        if not raw_format and not raw_type:
            self.log.add(
                "distribution-without-format", "distribution.format", "a distribution names no format"
            )
        if download and not raw_type:
            self.log.add(
                "download-without-media-type", "distribution.mediaType", "a downloadURL has no media type"
            )
        reading = self._format(raw_format, raw_type, url, "distribution.format")
        made = self._made(url, "download" if download else self._kind(url, reading), reading, fields)
        kept = self.found.add(made)
        if label:
            self.labelled[label] = kept
        if access and download:
            self._add_access(access, made.title)
        self._read_documents(fields)
        self._read_columns(fields.take("field"))
        if made.title != kept.title:
            lost["title"] = made.title
        self._keep_left(fields, url, lost)

    def _published_formats(self, fields: Fields) -> tuple[str | None, Any, Any]:
        raw_format, raw_type, formats = (
            fields.take("format"),
            fields.take("mediaType"),
            fields.take("formats"),
        )
        if not isinstance(formats, list) or not formats or not isinstance(formats[0], dict):
            return None, raw_format, raw_type
        self.log.add("formats-instead-of-format", "distribution.formats", "the format stands in `formats`")
        label, value = formats[0].get("label"), formats[0].get("value")
        if label == value or not isinstance(label, str):
            label = None
        return label, raw_format or _format_of(label), raw_type or value

    def _is_size(self, label: str | None, raw_access: Any) -> bool:
        """Note "20 KB" labelled `csvSize` as the size of the file labelled `csv`."""
        if not label or not label.endswith("Size") or not isinstance(raw_access, str) or "://" in raw_access:
            return False
        self.log.add("size-instead-of-url", "distribution.accessURL", f"“{raw_access[:40]}” is no URL")
        size = read_size(raw_access, "distribution.accessURL", self.log)
        file = self.labelled.get(label.removesuffix("Size"))
        if file is not None and file.size is None:
            file.size = size
        return True

    def _format(self, raw_format: Any, raw_type: Any, url: str, field_name: str) -> FormatReading:
        reading = read_format(raw_format, raw_type, url, field_name, self.log)
        if raw_format != reading.format and isinstance(raw_format, str) and raw_format:
            self._note(self.formats, raw_format, reading.format, "distribution.format")
        if raw_type != reading.media_type and isinstance(raw_type, str) and raw_type:
            self._note(self.media_types, raw_type, reading.media_type, "distribution.mediaType")
        return reading

    def _note(self, table: dict[str, str | None], published: str, ours: str | None, field_name: str) -> None:
        """What a word was read as, as long as there are not too many words."""
        if len(table) < WORD_LIMIT:
            table[published[:100]] = ours
        elif published[:100] not in table:
            end = f"more than {WORD_LIMIT} spellings; the others are not noted beside the record"
            self.log.add("too-many-values", field_name, end)

    def _kind(self, url: str, reading: FormatReading) -> DistributionKind:
        return reading.kind or ("api" if _API_URL.search(url) else self.access_means)

    def _made(
        self, url: str, kind: DistributionKind, reading: FormatReading, fields: Fields | None = None
    ) -> Distribution:
        made = Distribution(url, kind, None, reading.format, reading.media_type)
        if fields is not None:
            made.title = read_line(fields.take("title"), "distribution.title", self.log)
            raw_text, raw_standard = fields.take("description"), fields.take("conformsTo")
            if raw_text:
                text = read_text(raw_text, "distribution.description", self.log, PART_LIMIT)
                made.description = text.plain if text else None
            if raw_standard:
                made.conforms_to = read_line(raw_standard, "distribution.conformsTo", self.log)
            made.size = read_size(fields.first("byteSize", "size"), "distribution.size", self.log)
        return made

    def _add_access(self, url: str, title: str | None) -> None:
        """The `accessURL` beside a `downloadURL`: the format belongs to the file, not to this."""
        if url in self.found.by_url:
            self.found.repeated += 1
            return
        reading = read_format(None, None, url, "distribution.format", self.log)
        kind = reading.kind or ("api" if _API_URL.search(url) else "page")
        self.found.add(Distribution(url, kind, title, reading.format, reading.media_type))

    def _read_documents(self, fields: Fields) -> None:
        raw = fields.take("describedBy")
        if raw and (url := read_url(raw, "distribution.describedBy", self.log)):
            self.documents.append(Link(DATA_DICTIONARY, url))

    def _read_columns(self, raw: Any) -> None:
        """Argentina's national profile describes a table's columns in `field`."""
        entries = raw if isinstance(raw, list) else []
        if len(self.columns) + len(entries) > COLUMN_LIMIT:
            self.log.add("too-many-columns", "distribution.field", f"{COLUMN_LIMIT:,} columns are kept")
        for entry in entries[: max(0, COLUMN_LIMIT - len(self.columns))]:
            if isinstance(entry, dict):
                name = read_line(entry.get("title"), "distribution.field", self.log)
                text = read_text(entry.get("description"), "distribution.field", self.log, PART_LIMIT)
                kind = read_line(entry.get("type"), "distribution.field", self.log)
                if name:
                    column = Column(name, None, text.plain if text else None, kind)
                    self.columns.setdefault(name, column)

    def _keep_left(self, fields: Fields, url: str | None, lost: dict[str, Any]) -> None:
        left = fields.left()
        left |= {name: value for name, value in lost.items() if value}
        if left:
            self.left.append({"url": url, **left})


def _format_of(label: str | None) -> str | None:
    """The label, if it is a format. Socrata's labels are formats (`csv`) or ends of URLs (`aspx?id=7`)."""
    if label is None:
        return None
    log = IssueLog()
    word = label.split("?", 1)[0]
    read_format(word, None, None, "distribution.formats", log)
    return None if log.issues else word
