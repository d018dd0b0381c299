"""What the parts of a DCAT-US 3.0 document are called, and of what class they are."""

from collections.abc import Iterator
from typing import Any, TypeGuard

from harvesters.dcat_us_stream import DATASETS, SERIES, SERVICES
from mappings.identity import read_identifier

_LISTS = {"dataset": DATASETS, "dataservice": SERVICES, "datasetseries": SERIES}


def names_of(value: Any) -> list[str]:
    """The names by which others refer to a part: its identifier and `@id`; a text is a name itself."""
    if isinstance(value, str):
        return [value.strip()] if value.strip() else []
    if not isinstance(value, dict):
        return []
    identifiers = value.get("identifier")
    found = [
        *(identifiers if isinstance(identifiers, list) else [identifiers]),
        value.get("@id"),
        value.get("dcterms:identifier"),
    ]
    named = (read_identifier(item) for item in found[:20] if item is not None)
    return list(dict.fromkeys(name for name in named if name))


def named_by(value: Any) -> Iterator[str]:
    """The names in a list of references: addresses, `{"@id": …}`, or whole parts."""
    for item in value if isinstance(value, list) else [value]:
        yield from names_of(item)


def list_of(value: dict[str, Any]) -> str | None:
    """The list of a catalogue that a node of this class belongs into; None for other classes."""
    types = value.get("@type")
    for item in types if isinstance(types, list) else [types]:
        if isinstance(item, str):
            name = item.rpartition("#")[2].rpartition("/")[2].rpartition(":")[2].lower()
            if name in _LISTS:
                return _LISTS[name]
    return None


def is_inline(value: Any) -> TypeGuard[dict[str, Any]]:
    """Whether a dataset is described where it could be referred to."""
    return isinstance(value, dict) and any(name in value for name in ("title", "titleMap", "dcterms:title"))
