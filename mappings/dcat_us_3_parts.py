"""People, places, periods, terms and distributions of DCAT-US 3.0 in the shapes of 1.1."""

from typing import Any

from mappings.dcat_us_3_values import (
    Node,
    address,
    addresses,
    code,
    first,
    host,
    label,
    labelled,
    listed,
    literal,
    plain_names,
    text_in,
)
from mappings.spatial import PLACE_LIMIT

_IANA = "/media-types/"
_AREAS = ("bbox", "geometry", "centroid")
_STATUS = {
    "unrestricted": "public",
    "restrictedfully": "non-public",
    "restrictedpartly": "restricted public",
    "restrictedpossibly": "restricted public",
}
"""NARA's access restriction status list, as access levels; `Undetermined` says nothing."""


def publisher(value: Any) -> Any:
    """An organisation with its name and those above it. An address that nobody describes gives its host."""
    value = first(listed(value))
    if not isinstance(value, dict):
        return host(value) or value
    node = plain_names(value)
    name = first([text_in(node, "name"), text_in(node, "prefLabel"), label(node)]) or host(node)
    found: Node = {"name": name} if name else {}
    above = first(listed(node.get("subOrganizationOf")))
    if isinstance(above, dict):
        parent = publisher(above)
        if isinstance(parent, dict) and parent.get("name") and "." not in str(parent["name"]):
            found["subOrganizationOf"] = parent
    return found


def contact(value: Any) -> Any:
    """A vCard with a name and an address; of several the first that has an address."""
    cards = [plain_names(item) if isinstance(item, dict) else item for item in listed(value)]
    made = [_card(card) for card in cards]
    return first([card for card in made if isinstance(card, dict) and card.get("hasEmail")]) or first(made)


def _card(card: Any) -> Any:
    if not isinstance(card, dict):
        text = literal(card)
        if isinstance(text, str) and text.startswith("mailto:"):
            return {"hasEmail": text}
        return None if isinstance(text, str) and address(text) else text
    given, family = text_in(card, "given-name"), text_in(card, "family-name")
    both = " ".join(part for part in (given, family) if isinstance(part, str))
    name = first([text_in(card, "fn"), text_in(card, "organization-name"), both, text_in(card, "name")])
    email = first(listed(card.get("hasEmail") or card.get("email")))
    if isinstance(email, dict):
        email = first([address(email), email.get("hasValue"), email.get("value"), literal(email)])
    return {key: item for key, item in (("fn", name), ("hasEmail", email)) if item}


def period(value: Any) -> Any:
    """One period; of several the span from the first beginning to the last end."""
    periods = [plain_names(item) for item in listed(value) if isinstance(item, dict) and "@value" not in item]
    if not periods:
        return literal(value)
    starts = [literal(item.get("startDate")) for item in periods]
    ends = [literal(item.get("endDate")) for item in periods]
    texts = [str(start) for start in starts if start], [str(end) for end in ends if end]
    start = min(texts[0]) if len(texts[0]) == len(periods) else None
    end = max(texts[1]) if len(texts[1]) == len(periods) else None
    found = {name: side for name, side in (("startDate", start), ("endDate", end)) if side}
    return found or None


def area(record: Node) -> tuple[Any, list[str]]:
    """The first coordinates that a record gives, as one of the notations that are read, and its places."""
    places = listed(record.get("spatial"))
    names: dict[str, None] = {}
    shapes: list[Any] = []
    for place in places:
        node = plain_names(place) if isinstance(place, dict) else {}
        name = label(place)
        if name and not _has_numbers(name):
            names[name] = None
        elif name:
            shapes.append(name)
        shapes += [shape for key in _AREAS if (shape := _shape(node.get(key))) is not None]
        if {"west", "south"} <= node.keys() or "type" in node:
            shapes.append(node)
    boxes = [
        plain_names(item) for item in listed(record.get("geographicBoundingBox")) if isinstance(item, dict)
    ]
    sides = [{key: literal(side) for key, side in box.items() if key[:1] != "@"} for box in boxes]
    return first([*sides, *shapes]), list(names)[:PLACE_LIMIT]


def _has_numbers(text: str) -> bool:
    return text.lstrip()[:1] in "{[" or text.count(",") >= 3 or ("(" in text and any(map(str.isdigit, text)))


def _shape(value: Any) -> Any:
    value = first(listed(value))
    if isinstance(value, dict) and "@value" not in value:
        return value
    found = literal(value)
    return " ".join(found.split()) if isinstance(found, str) else found


def licence(value: Any) -> Any:
    """The address of a licence, else what it is called or says."""
    value = first(listed(value))
    if isinstance(value, dict):
        node = plain_names(value)
        said = first([text_in(node, "licenseText"), text_in(node, "description")])
        found = address(node)
        return found if found and not (said or found.startswith("_:")) else label(node) or said or found
    return literal(value)


def rights(value: Any) -> str | None:
    """The text of rights statements; an address alone says nothing to a person, but where to look."""
    said = []
    for item in listed(value):
        node = plain_names(item) if isinstance(item, dict) else {}
        text = first([text_in(node, "attributionText"), text_in(node, "restrictionNote"), label(item)])
        found = text or (address(item) if not str(address(item) or "").startswith("_:") else None)
        if isinstance(found, str):
            said.append(" ".join(found.split()))
    return "\n".join(dict.fromkeys(said)) or None


def restrictions(parts: list[Node]) -> tuple[str | None, list[str]]:
    """The access level that restrictions on a dataset or its distributions amount to, and what they say.

    Where they differ, some of the data can be had by everyone: `restricted public`. Controlled unclassified
    information is published nowhere.
    """
    levels: list[str] = []
    notes: list[str] = []
    for part in parts:
        for item in listed(part.get("accessRestriction")):
            node = plain_names(item) if isinstance(item, dict) else {}
            status = (code(node.get("restrictionStatus")) or "").replace(" ", "").replace("-", "").lower()
            levels += [_STATUS[status]] if status in _STATUS else []
            notes += _noted(node)
        for item in listed(part.get("useRestriction")):
            notes += _noted(plain_names(item)) if isinstance(item, dict) else []
        for item in listed(part.get("cuiRestriction")):
            levels.append("non-public")
            node = plain_names(item) if isinstance(item, dict) else {}
            for name in ("cuiBannerMarking", "designationIndicator", "requiredIndicatorPerAuthority"):
                notes += [" ".join(str(text).split()) for text in listed(node.get(name)) if literal(text)]
    level = None if not levels else levels[0] if len(set(levels)) == 1 else "restricted public"
    return level, list(dict.fromkeys(notes))


def _noted(node: Node) -> list[str]:
    said = [text_in(node, "restrictionNote"), label(node.get("specificRestriction"))]
    return [" ".join(text.split()) for text in said if isinstance(text, str) and text.strip()]


def media_type(value: Any) -> str | None:
    """`text/csv`, from an address of IANA's table, a node, or the text itself."""
    value = first(listed(value))
    found = address(value)
    if found and _IANA in found:
        return found.rpartition(_IANA)[2].rstrip("/>")
    return label(value) or (code(value) if found else None)


def file_format(value: Any) -> str | None:
    """The name of a format: its label, the code of its address, or its media type."""
    value = first(listed(value))
    found = address(value)
    if found and _IANA in found:
        return found.rpartition(_IANA)[2].rstrip("/>")
    return labelled(value)


def documents(value: Any) -> list[tuple[str | None, str]]:
    """Title and address of documents: nodes, distributions that hold one, or addresses."""
    found = []
    for item in listed(value):
        node = plain_names(item) if isinstance(item, dict) else {}
        inner = [*addresses(node.get("downloadURL")), *addresses(node.get("accessURL"))]
        url = first([*inner, address(item)])
        if isinstance(url, str) and "://" in url:
            found.append((label(node), url))
    return found
