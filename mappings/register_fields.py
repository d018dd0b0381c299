"""The columns of a register under the names agencies give them.

A register is a table made by hand, so its headers are whatever its keeper wrote: "Dataset Name", "URL",
"Responsible department". Case, punctuation and spacing do not count. What is not in the table below has no
meaning here and is kept as published.
"""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from mappings.consume import Fields, says_something

NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "identifier": ("identifier", "id", "dataset id", "record id", "uid", "uuid", "slug"),
        "title": ("title", "dataset title", "dataset name", "feed name", "name", "dataset", "data set"),
        "description": (
            "description",
            "summary",
            "abstract",
            "notes",
            "about",
            "desc",
            "dataset description",
        ),
        "url": (
            *(
                "url",
                "link",
                "address",
                "uri",
                "href",
                "web address",
                "access url",
                "data url",
                "dataset url",
            ),
            *("data link", "resource url", "location url", "urls", "links"),
        ),
        "download": ("download", "download url", "download link", "file", "file url", "csv url"),
        "feed": (
            *("feed", "feed url", "api", "api url", "api endpoint", "endpoint", "service url", "web service"),
            *("rss", "rss url", "stream", "feeds"),
        ),
        "resources": ("resources", "distributions", "distribution", "files", "downloads"),
        "landing_page": (
            *("landing page", "landing page url", "homepage", "home page", "web page", "webpage", "website"),
            *("page", "more information", "more info"),
        ),
        "documentation": (
            "documentation",
            "documentation url",
            "docs",
            "data dictionary",
            "api documentation",
        ),
        "publisher": (
            *("publisher", "agency", "department", "agency name", "department name", "organization"),
            *("organisation", "publishing agency", "responsible department", "owner", "data owner", "source"),
            *("provider", "office", "bureau", "division"),
        ),
        "contact": ("contact", "contact name", "contact person", "maintainer", "data steward", "steward"),
        "email": ("email", "e mail", "contact email", "email address", "contact e mail", "maintainer email"),
        "keywords": ("keywords", "keyword", "tags", "tag"),
        "topics": ("topic", "topics", "category", "categories", "theme", "themes", "subject", "group"),
        "frequency": (
            *("frequency", "update frequency", "updates", "refresh rate", "update schedule", "periodicity"),
            *("accrual periodicity", "how often updated", "refresh frequency"),
        ),
        "modified": (
            *("modified", "updated", "last updated", "last modified", "date modified", "date updated"),
            *("modification date", "update date", "last update"),
        ),
        "issued": ("issued", "created", "date created", "published", "release date", "date published"),
        "license": ("license", "licence", "license url", "licence url", "terms", "terms of use"),
        "rights": ("rights", "restrictions", "access restrictions"),
        "access_level": ("access level", "access", "public access level", "classification"),
        "format": ("format", "formats", "file format", "data format", "file type"),
        "media_type": ("media type", "mime type", "mimetype", "content type"),
        "spatial": (
            *("spatial", "coverage", "place", "area", "location", "geographic coverage", "spatial coverage"),
            *("region", "jurisdiction", "geography", "bbox", "bounding box"),
        ),
        "temporal": ("temporal", "period", "time period", "temporal coverage", "date range", "years"),
        "language": ("language", "languages", "lang"),
        "type": ("type", "resource type", "dataset type", "kind"),
    }
)
"""By field of ours, its published names in the order they are preferred."""

LINKS = ("url", "download", "feed", "resources", "landing_page")
"""Fields any of which makes a row something that can be fetched."""

SHARED = frozenset(
    {"publisher", "contact", "email", "license", "rights", "access_level", "language", "spatial"}
)
"""What a register, or its portal's entry, may say once for all rows. Its title is the register's own."""

_PUNCTUATION = re.compile(r"[\W_]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LIMIT = 100
"""Characters of a header that are looked at."""


def folded(name: str) -> str:
    """A header without case and punctuation: `Landing_Page`, `landingPage` and "Landing page:" are one."""
    return _PUNCTUATION.sub(" ", _CAMEL.sub(" ", name[:_LIMIT])).strip().casefold()


_FIELD_OF: Mapping[str, str] = MappingProxyType(
    {name: field for field, names in NAMES.items() for name in names}
)


def fields_of(headers: Iterable[object]) -> set[str]:
    """The fields of ours that some headers name; how a spider knows the row of headers from a row of data."""
    found = (_FIELD_OF.get(folded(header)) for header in headers if isinstance(header, str))
    return {field for field in found if field is not None}


class Entry:
    """One row, its fields to be taken once each by our names; what the register says of all stands in."""

    def __init__(self, published: Mapping[str, Any], defaults: Mapping[str, Any]) -> None:
        self.rest = Fields(published)
        self._own = _by_folded(published)
        self._shared = _by_folded(defaults)

    def take(self, field: str) -> tuple[str, Any]:
        """The name it was published under and the value; our name and None when nothing is said."""
        for table, own in ((self._own, True), (self._shared, False)):
            for name in NAMES[field] if own or field in SHARED else ():
                published, value = table.get(name, ("", None))
                if says_something(value):
                    if own:
                        self.rest.take(published)
                    return published[:_LIMIT], value
        return field, None


def first_of(published: Mapping[str, Any], *fields: str) -> Any:
    """The first value that says something of a row's fields, in order."""
    entry = Entry(published, {})
    values = (entry.take(field)[1] for field in fields)
    return next((value for value in values if value is not None), None)


def _by_folded(published: Mapping[str, Any]) -> dict[str, tuple[str, Any]]:
    found: dict[str, tuple[str, Any]] = {}
    for name, value in published.items():
        if says_something(value):
            found.setdefault(folded(name), (name, value))
    return found
