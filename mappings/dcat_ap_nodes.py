"""Reading the nested nodes of a DCAT-AP payload: literals in languages, labels of nodes, and links.

A payload is one dataset of an RDF graph, made self-contained: an object for each node, its properties under
prefixed names (`dct:title`), every property a list, the `@id` of a node that has an address, and literals as
`{"@value": …}` with `@language` or `@type`. Lists are in one order, so equal graphs give equal payloads.
"""

from typing import Any

Node = dict[str, Any]

LABELS = (
    *("foaf:name", "vcard:fn", "vcard:organization-name", "skos:prefLabel", "dct:title", "rdfs:label"),
    *("schema:name", "skos:altLabel"),
)
"""What a node may be called by, the plainest first."""
_SEVERAL = 500


def nodes(node: Node, *names: str) -> list[Node]:
    """All values of these properties."""
    found: list[Node] = []
    for name in names:
        values = node.get(name)
        if isinstance(values, list):
            found.extend(value for value in values[:_SEVERAL] if isinstance(value, dict))
    return found


def texts(values: list[Node]) -> list[str]:
    """The literals among them, English ones first, then those without a language, then by language."""
    literals = [value for value in values if isinstance(value.get("@value"), str)]
    literals.sort(key=_by_language)
    return [value["@value"] for value in literals]


def text(node: Node, *names: str) -> str | None:
    """The literal of the first of these properties that has one."""
    for name in names:
        for found in texts(nodes(node, name)):
            if found.strip():
                return found
    return None


def in_languages(node: Node, name: str) -> dict[str, str]:
    """The same text by language, where there is more than one."""
    found = {
        str(value.get("@language") or ""): value["@value"]
        for value in nodes(node, name)
        if isinstance(value.get("@value"), str)
    }
    return found if len(found) > 1 else {}


def label(value: Node) -> str | None:
    """What a value says to a person: itself where it is a literal, else the name its node carries."""
    literal = value.get("@value")
    return literal if isinstance(literal, str) else text(value, *LABELS)


def address(value: Node) -> str | None:
    """The address of a node; or a literal that stands where an address belongs."""
    found = value.get("@id", value.get("@value"))
    return found if isinstance(found, str) and found.strip() else None


def addresses(node: Node, *names: str) -> list[str]:
    """The addresses among the values of these properties."""
    return [found for value in nodes(node, *names) if (found := address(value))]


def code(value: Node) -> str | None:
    """The last part of an address, which is the code in the EU's authority tables; a literal as it is."""
    found = address(value)
    if found is None or "@value" in value:
        return found
    return found.rstrip("/#").rpartition("#")[2].rpartition("/")[2] or None


def _by_language(value: Node) -> tuple[int, str]:
    language = str(value.get("@language") or "").lower()
    return (0 if language.split("-")[0] == "en" else 2 if language else 1, language)
