"""Looking values up in a metadata document by local names, whatever namespace or prefix a standard's edition
gives them."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from mappings.xml_record import local

VALUE_LIMIT = 1_000_000
"""Characters of one value; texts are cut by their readers much earlier."""
_TEXTS = frozenset({"characterstring", "anchor"})


def at(element: Element | None, path: str) -> list[Element]:
    """The elements at a path of local names (`citation/*/title`; `a|b` either; `**` any depth below)."""
    found = [element] if element is not None else []
    below = False
    for step in path.lower().split("/"):
        if step == "**":
            below = True
            continue
        names = None if step == "*" else frozenset(step.split("|"))
        found = [hit for parent in found for hit in _hits(parent, names, below)]
        below = False
    return found


def first(element: Element | None, path: str) -> Element | None:
    """The first element at a path."""
    return next(iter(at(element, path)), None)


def values(element: Element | None, path: str) -> list[str]:
    """The texts at a path, in order, without those that say nothing (`gco:nilReason`)."""
    return [text for hit in at(element, path) if (text := value(hit))]


def value(element: Element | None) -> str | None:
    """The text of a property: its character string or anchor (never the translations beside it), the code
    of a code list, else all its text."""
    if element is None:
        return None
    for child in element:
        if local(child) in _TEXTS and (text := _tidy(child.text)):
            return text
    for holder in (element, *element):
        if code := str(holder.get("codeListValue") or "").strip():
            return code
    if any(local(child) in _TEXTS for child in element):
        return None
    return _tidy("".join(element.itertext()))


def only(element: Element | None, path: str) -> str | None:
    """The first text at a path."""
    return next(iter(values(element, path)), None)


def _hits(parent: Element, names: frozenset[str] | None, below: bool) -> Iterator[Element]:
    candidates = parent.iter() if below else iter(parent)
    for child in candidates:
        if child is not parent and (names is None or local(child) in names):
            yield child


def _tidy(text: str | None) -> str | None:
    return (text or "")[:VALUE_LIMIT].strip() or None
