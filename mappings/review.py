"""What one mapped record shows to be missing or poor, whatever schema it came from.

Only what a person can see in the record itself: two records sharing a title are the whole feed's business.
A field whose published value could not be read already has its issue and is not reported as missing, too.
"""

import re
from collections.abc import Mapping

from mappings.dataset import Dataset
from mappings.issue import IssueLog

SHORT_DESCRIPTION = 20
LONG_DESCRIPTION = 10_000
LONG_TITLE = 200
"""Characters. 10,000 is the limit of data.gov's schema; the others set the odd ones in real feeds apart."""

_FILE_NAME = re.compile(
    r"\S*[A-Za-z0-9]_\w\S*|\S+\.(?:csv|xlsx?|zip|shp|dbf|json|xml|pdf|txt|kml|kmz|gdb|html?|aspx|mdb)",
    re.IGNORECASE,
)
"""One word that only a computer would write: `TABLE_NAME`, `parcels.shp`."""

_ZONE = re.compile(r"(?:Z|[+-]\d\d:\d\d)$")


def review(dataset: Dataset, log: IssueLog, names: Mapping[str, str]) -> None:
    """Log what is missing or poor. `names` maps fields of the shared schema to the published names, which
    are checked only when they are listed there."""
    noted = {issue.field.split(".", 1)[0] for issue in log.issues}
    noted |= {issue.field for issue in log.issues}
    for field, (slug, message) in _REQUIRED.items():
        if field in names and not getattr(dataset, field) and names[field] not in noted:
            log.add(slug, names[field], message)
    for slug, message in poor_title(dataset.title):
        log.add(slug, names["title"], message)
    _review_description(dataset, names["description"], log)
    _review_modified(dataset.modified, names["modified"], log)
    if dataset.access_level in (None, "public"):
        if not dataset.distributions and "distributions" in names and names["distributions"] not in noted:
            log.add("missing-distribution", names["distributions"], "nothing can be downloaded or opened")
    elif not dataset.rights and "rights" in names:
        level = dataset.access_level
        log.add("restricted-without-rights", names["rights"], f"nothing says why the data is {level}")


_REQUIRED: Mapping[str, tuple[str, str]] = {
    "description": ("missing-description", "there is no description"),
    "keywords": ("missing-keywords", "there are no keywords"),
    "topics": ("missing-topics", "it is in no category"),
    "modified": ("missing-modified", "nothing says when the data last changed"),
    "publisher": ("missing-publisher", "nothing says who publishes the data"),
    "contact": ("missing-contact", "there is nobody to ask about the data"),
    "access_level": ("missing-access-level", "nothing says who may see the data"),
    "license": ("missing-license", "nothing says what the data may be used for"),
    "spatial": ("missing-spatial", "nothing says which area the data is about"),
}


def poor_title(title: str) -> list[tuple[str, str]]:
    """What is wrong with a title: pairs of slug and message."""
    found = []
    if len(title) > LONG_TITLE:
        found.append(("long-title", f"the title has {len(title)} characters; lists cut it"))
    if title.isupper() and " " in title:
        found.append(("title-all-caps", f"the title is in capitals throughout: “{title[:80]}”"))
    if _FILE_NAME.fullmatch(title):
        found.append(("title-is-file-name", f"“{title[:80]}” is a name for computers, not a title"))
    return found


def _review_description(dataset: Dataset, name: str, log: IssueLog) -> None:
    text = dataset.description
    if text is None:
        return
    if text.casefold() == dataset.title.casefold():
        log.add("description-equals-title", name, "the description only repeats the title")
    if len(text) > LONG_DESCRIPTION:
        log.add(
            "long-description", name, f"the description has {len(text):,} characters; data.gov takes 10,000"
        )
    if len(text) < SHORT_DESCRIPTION:
        log.add("short-description", name, f"the description has only {len(text)} characters: “{text}”")


def _review_modified(modified: str | None, name: str, log: IssueLog) -> None:
    if modified is None:
        return
    if len(modified) <= len("2025-02"):
        log.add("date-imprecise", name, f"{modified} does not say on which day")
    elif "T" in modified and not _ZONE.search(modified):
        log.add("date-without-zone", name, f"{modified} leaves open in which time zone")
