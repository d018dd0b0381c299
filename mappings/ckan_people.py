"""Who publishes a CKAN package, and whom to ask about it."""

from typing import Any

from mappings.ckan_extras import Extras, first_text
from mappings.consume import Fields, listed
from mappings.dataset import Contact, Dataset
from mappings.dcat_us_people import make_publisher
from mappings.emails import read_email
from mappings.issue import IssueLog
from mappings.text import read_line

_BETWEEN_LEVELS = " > "
_PARENT_LIMIT = 10


def read_people(
    package: Fields,
    extras: Extras,
    groups: Any,
    dataset: Dataset,
    log: IssueLog,
    *,
    has_organization: bool,
) -> bool:
    """Publisher and contact; whether `groups` turned out to be the publisher.

    The publisher is the data's own, where a field names one (`publisher`), with the organisation above it;
    else the organisation; else, in DKAN, which has no organisations, its group; else the author.
    """
    organization = _name_of(package.take("organization"), log)
    name = extras.best("publisher", _read_name, log)
    by_group = False
    if name is None:
        name = organization
    if name is None and not has_organization and any(isinstance(group, dict) for group in listed(groups)):
        name = _name_of(listed(groups)[0], log)
        by_group = name is not None
    author, author_email = package.take("author"), package.take("author_email")
    by_author = name is None
    if by_author:
        name = read_line(author, "author", log)
    if name is not None:
        dataset.publisher = make_publisher(name, name, _parents(extras, organization, name))
    _read_contact(package, extras, (None if by_author else author, author_email), dataset, log)
    return by_group


def _parents(extras: Extras, organization: str | None, name: str) -> list[str]:
    """Names above the publisher, the nearest first: data.gov lists them from the top."""
    raw = extras.take("parents")
    levels = raw.split(_BETWEEN_LEVELS) if isinstance(raw, str) else []
    quiet = IssueLog()
    names = [read_line(level, "publisher_hierarchy", quiet) for level in reversed(levels[-_PARENT_LIMIT:])]
    names.append(organization)
    return list(dict.fromkeys(parent for parent in names if parent and parent != name))[:_PARENT_LIMIT]


def _read_contact(
    package: Fields, extras: Extras, author: tuple[Any, Any], dataset: Dataset, log: IssueLog
) -> None:
    """The contact that a field names, else the maintainer, else the author: name and address of one."""
    maintainer = (package.take("maintainer"), package.take("maintainer_email"))
    name = extras.best("contact_name", _read_name, log)
    email = extras.best("contact_email", _read_address, log)
    if not name and not email:
        for field, (raw_name, raw_email) in (("maintainer", maintainer), ("author", author)):
            name = read_line(raw_name, field, log)
            email = read_email(raw_email, f"{field}_email", log)
            if email:
                break
            if name and field == "maintainer" and not read_email(author[1], "author_email", IssueLog()):
                break
    elif not email:
        email = read_email(maintainer[1], "maintainer_email", log)
    if name or email:
        dataset.contact = Contact(name, email)


def _name_of(raw: Any, log: IssueLog) -> str | None:
    """The title of an organisation or group; its name for URLs where it has none."""
    if not isinstance(raw, dict):
        return read_line(raw, "organization", log) if isinstance(raw, str) else None
    return next(
        (name for key in ("title", "display_name", "name") if (name := read_line(raw.get(key), key, log))),
        None,
    )


def _read_name(raw: Any, field: str, log: IssueLog) -> str | None:
    raw = first_text(raw)
    if isinstance(raw, dict):
        raw = raw.get("name") or raw.get("fn") or raw.get("title")
    return read_line(raw, field, log)


def _read_address(raw: Any, field: str, log: IssueLog) -> str | None:
    return read_email(first_text(raw), field, log)
