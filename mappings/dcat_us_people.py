"""Publisher and contact of DCAT-US records: objects, plain strings, and what portals make of them."""

from typing import Any

from mappings.consume import Fields, says_something
from mappings.dataset import Contact, Publisher
from mappings.emails import read_email
from mappings.issue import IssueLog
from mappings.published import clip
from mappings.text import read_line, slugify

_MAX_PARENTS = 10


def make_publisher(name: str, as_published: str | None, parents: list[str] | None = None) -> Publisher:
    """A publisher under the slug of its name (`unnamed` for a name without letters and digits)."""
    published = None if as_published is None else clip(as_published)
    return Publisher(slugify(name) or "unnamed", name, published, parents=parents or [])


def read_publisher(raw: Any, log: IssueLog) -> tuple[Publisher | None, dict[str, Any]]:
    """The publisher, and what its object holds besides.

    Project Open Data 1.0 gives a string, 1.1 an `org:Organization`; ArcGIS Hub writes the name into `source`
    when the item has no owner organisation (`publisher-without-name`).
    """
    if isinstance(raw, list) and raw:
        raw = raw[0]
    if not isinstance(raw, dict):
        name = read_line(raw, "publisher", log)
        return (make_publisher(name, raw if isinstance(raw, str) else None) if name else None), {}
    fields = Fields(raw)
    fields.take("@type")
    published = fields.take("name")
    name = read_line(published, "publisher.name", log)
    if name is None and not says_something(published):
        published = fields.first("source", "prefLabel", "fn")
        name = read_line(published, "publisher.source", log)
        end = f"“{name}” is taken from another field" if name else "the publisher's object names nobody"
        log.add("publisher-without-name", "publisher.name", end)
    if name is None:
        return None, fields.left()
    parents = _parents(fields.take("subOrganizationOf"), name)
    return make_publisher(name, published if isinstance(published, str) else None, parents), fields.left()


def _parents(raw: Any, name: str) -> list[str]:
    """Names of the organisations above, the nearest first; one that names itself is left out."""
    names = [name]
    quiet = IssueLog()
    while raw and len(names) <= _MAX_PARENTS:
        if isinstance(raw, list):
            raw = raw[0]
            continue
        parent = read_line(raw.get("name") if isinstance(raw, dict) else raw, "publisher", quiet)
        if parent and parent not in names:
            names.append(parent)
        raw = raw.get("subOrganizationOf") if isinstance(raw, dict) else None
    return names[1:]


def read_contact(raw: Any, mbox: Any, log: IssueLog) -> tuple[Contact | None, dict[str, Any]]:
    """The contact, and what its object holds besides; `mbox` is the address of Project Open Data 1.0."""
    if isinstance(raw, list) and raw:
        raw = raw[0]
    fields = Fields(raw) if isinstance(raw, dict) else Fields({"fn": raw})
    fields.take("@type")
    name = read_line(fields.first("fn", "name", "hasFN"), "contactPoint.fn", log)
    published = fields.first("hasEmail", "email", "mbox")
    if says_something(published):
        email = read_email(_address(published), "contactPoint.hasEmail", log)
    else:
        email = read_email(mbox, "mbox", log)
        if not says_something(mbox) and says_something(raw):
            log.add("contact-without-email", "contactPoint.hasEmail", "the contact has no e-mail address")
    contact = Contact(name, email) if name or email else None
    return contact, fields.left()


def _address(raw: Any) -> Any:
    """vCard in JSON-LD writes an address as an object, too; of several the first is asked."""
    if isinstance(raw, list) and raw:
        raw = raw[0]
    if isinstance(raw, dict):
        return raw.get("@id") or raw.get("hasValue") or raw.get("value")
    return raw
