"""Values of DCAT-US 3.0 in the shapes that the readers of DCAT-US 1.1 take.

In 3.0 nearly every value may be a text, JSON-LD's `{"@value": …}`, an address, a node with labels, a map by
language beside it (`titleMap`), or a list of these.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

Node = dict[str, Any]

SEVERAL = 1_000
"""Values of one property that are looked at."""
_LABELS = ("prefLabel", "label", "title", "name", "fn", "altLabel", "notation")
_PREFIXES = frozenset(
    {
        *(
            "adms",
            "dcat",
            "dcatap",
            "dcat-us",
            "dct",
            "dcterms",
            "foaf",
            "locn",
            "odrs",
            "org",
            "prov",
            "rdfs",
        ),
        *("schema", "skos", "spdx", "vcard"),
    }
)
_LANGUAGES = ("en", "en-us", "en-gb", "")
"""Of several languages the hub's own comes first; the others are kept as published."""
_BCP47 = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,3}")


def plain_names(node: Mapping[str, Any]) -> Node:
    """The node with its properties under their names alone (`dcterms:title`, whole addresses); a name that
    stands there without a prefix goes before."""
    found: Node = {}
    for name, value in node.items():
        prefix, colon, local = name.partition(":")
        if name.startswith("http") and "://" in name:
            local = name.rpartition("#")[2].rpartition("/")[2]
        elif not colon or prefix not in _PREFIXES:
            local = name
        if local not in found or local == name:
            found[local] = value
    return found


def listed(value: Any) -> list[Any]:
    """At most `SEVERAL` values: of a list its own, else the one."""
    if isinstance(value, list):
        return value[:SEVERAL]
    return [] if value in (None, "", {}) else [value]


def text_in(node: Mapping[str, Any], name: str) -> Any:
    """The text of a property in the hub's language: its own, else that of its map by language."""
    own = literal(node.get(name))
    return own if own not in (None, "") else literal(node.get(f"{name}Map"))


def texts_in(node: Mapping[str, Any], name: str) -> Any:
    """The texts of a property with several values, such as keywords."""
    own = node.get(name)
    if isinstance(own, list):
        return [literal(item) if isinstance(item, dict) else item for item in own]
    by_language = node.get(f"{name}Map")
    if isinstance(by_language, dict):
        found = _of_map(by_language)
        if isinstance(found, list):
            return found
    return own if own not in (None, "") else literal(by_language)


def literal(value: Any) -> Any:
    """One literal: of a list or a map by language the one in the hub's language. Numbers stay numbers."""
    if isinstance(value, list):
        tagged = {str(item.get("@language") or "").lower(): item for item in value if isinstance(item, dict)}
        chosen = next((tagged[code] for code in _LANGUAGES if code in tagged), None)
        return literal(chosen if chosen is not None else next((item for item in value if item), None))
    if isinstance(value, dict):
        if "@value" in value:
            return value["@value"]
        if value and all(isinstance(key, str) and _BCP47.fullmatch(key) for key in value):
            return literal(_of_map(value))
        return None
    return value


def _of_map(by_language: Mapping[str, Any]) -> Any:
    lower = {str(key).lower(): value for key, value in by_language.items()}
    return next((lower[code] for code in _LANGUAGES if lower.get(code)), next(iter(lower.values()), None))


def languages_of(node: Mapping[str, Any], name: str) -> dict[str, Any] | None:
    """The map by language of a property, where there is more than one."""
    found = node.get(f"{name}Map") or node.get(name)
    if isinstance(found, list):
        found = {item["@language"]: item.get("@value") for item in found if _is_tagged(item)}
    return dict(found) if isinstance(found, dict) and len(found) > 1 and "@value" not in found else None


def _is_tagged(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("@language"), str)


def label(value: Any) -> str | None:
    """What a value is called: itself, if it is a text and no address, else the name its node carries."""
    if isinstance(value, dict):
        node = plain_names(value)
        if "@value" in node:
            return label(node["@value"])
        for name in _LABELS:
            found = text_in(node, name)
            if isinstance(found, str) and found.strip():
                return found
        return None
    return value if isinstance(value, str) and value.strip() and not is_address(value) else None


def address(value: Any) -> str | None:
    """The address of a node, or a text that is one."""
    if isinstance(value, dict):
        found = value.get("@id", value.get("@value"))
        return found if isinstance(found, str) and is_address(found) else None
    return value.strip() if isinstance(value, str) and is_address(value) else None


def addresses(value: Any) -> list[str]:
    """The addresses among the values."""
    return [found for item in listed(value) if (found := address(item))]


def is_address(text: str) -> bool:
    """Whether a text is an absolute address."""
    return "://" in text or text.startswith(("mailto:", "urn:", "_:"))


def code(value: Any) -> str | None:
    """The last part of an address, which is the word of an authority table; a text as it is."""
    found = address(value)
    if found is None:
        return label(value)
    return found.rstrip("/#>").rpartition("#")[2].rpartition("/")[2] or None


def labelled(value: Any) -> str | None:
    """The label, else the code: of a concept that is described, or only named."""
    return label(value) or code(value)


def host(value: Any) -> str | None:
    """The host of an address that stands for an organisation nobody described."""
    found = address(value)
    if found is None:
        return None
    try:
        name = urlsplit(found).hostname
    except ValueError:
        return None
    return name.removeprefix("www.") if name else None


def first(values: Iterable[Any]) -> Any:
    """The first that says something."""
    return next((value for value in values if value not in (None, "", [], {})), None)
