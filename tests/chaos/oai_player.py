"""A repository of Dublin Core in the matrix: the Treasury's and OPM's records in lists of 14."""

from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from tests.portals import LoopbackServer, OaiPortal
from tests.portals.oai_portal import OAI, oai_record

LIST = 14
_DC = "http://purl.org/dc/elements/1.1/"
_FIELDS = {
    "title": "title",
    "description": "description",
    "keywords": "subject",
    "modified": "date",
    "link": "identifier",
}


def build(records: list[Any]) -> LoopbackServer:
    """The repository, at its root, in the order of its identifiers."""
    return OaiPortal(sorted(map(_pair, records), key=lambda pair: pair[0]), path="", cap=LIST)


def behind(query: dict[str, str], _names: list[str], place: int) -> dict[str, str]:
    """The query for what comes behind so many records; with a token there is no other argument."""
    if place:
        return {"verb": "ListRecords", "resumptionToken": str(place)}
    return {"verb": "ListRecords", "metadataPrefix": "oai_dc"}


def rewrite(body: bytes, change: Callable[[list[Any]], list[Any]]) -> bytes:
    """Other records before the token of a list."""
    head, found, rest = body.partition(b"<ListRecords>")
    if not found:
        return body
    _, token, last = rest.partition(b"<resumptionToken")
    read = [_read(record) for record in ElementTree.fromstring(body).iter(f"{{{OAI}}}record")]
    records = "".join(oai_record(*_pair(record)) for record in change(read))
    end = token + last if token else b"</ListRecords></OAI-PMH>"
    return head + found + records.encode("utf-8", "replace") + end


def _pair(record: Any) -> tuple[str, str]:
    """Identifier and Dublin Core, with what the record has of these fields."""
    said = "".join(
        f"<dc:{element}>{escape(str(value))}</dc:{element}>"
        for name, element in _FIELDS.items()
        for value in _listed(record.get(name))
    )
    about = f'<oai_dc:dc xmlns:oai_dc="{OAI}oai_dc/" xmlns:dc="{_DC}">{said}</oai_dc:dc>'
    return escape(str(record["id"] or "")), about


def _listed(value: Any) -> list[Any]:
    values = value if isinstance(value, list) else [value]
    return [each for each in values if each not in (None, "")]


def _read(record: ElementTree.Element) -> dict[str, Any]:
    found = {
        name: [each.text or "" for each in record.iter(f"{{{_DC}}}{element}")]
        for name, element in _FIELDS.items()
    }
    one = {name: next(iter(values), None) for name, values in found.items()}
    return {"id": record.findtext(f".//{{{OAI}}}identifier"), **one, "keywords": found["keywords"]}
