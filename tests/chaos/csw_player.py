"""A catalogue service of ISO 19139 records for the matrix: real texts in the standard's frame."""

from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from mappings.crosswalks import iso19115
from mappings.xml_path import only, values
from tests.portals import CswPortal, LoopbackServer

_SPACES = 'xmlns="http://www.isotc211.org/2005/gmd" xmlns:gco="http://www.isotc211.org/2005/gco"'


def plain(records: list[Any]) -> list[Any]:
    """Catalogue records with the fields that `written` writes."""
    return [
        {
            "id": record["identifier"],
            "title": record["title"],
            "description": record["description"],
            "modified": record["modified"],
            "keywords": record["keyword"],
            "link": record.get("landingPage"),
        }
        for record in records
    ]


def build(records: list[Any]) -> LoopbackServer:
    """The service, at its root."""
    return CswPortal([written(record) for record in records], path="", cap=20_000)


def put(record: Any, name: str, value: Any) -> Any:
    """A changed copy."""
    return {**record, {"identifier": "id"}.get(name, name): value}


def rewrite(body: bytes, change: Callable[[list[Any]], list[Any]]) -> bytes:
    """Other records between the head and the end of an answer."""
    root = ElementTree.fromstring(body)
    results = next(child for child in root if child.tag.endswith("}SearchResults"))
    read = [read_record(record) for record in results]
    before = body[: body.index(b">", body.index(b"<csw:SearchResults")) + 1]
    return before + b"".join(map(written, change(read))) + b"</csw:SearchResults></csw:GetRecordsResponse>"


def read_record(root: ElementTree.Element) -> dict[str, Any]:
    """The fields of such a record."""
    about = "identificationInfo/MD_DataIdentification"
    return {
        "id": iso19115.opened(root)["identifier"],
        "title": only(root, f"{about}/citation/CI_Citation/title"),
        "description": only(root, f"{about}/abstract"),
        "modified": only(root, "dateStamp"),
        "keywords": values(root, f"{about}/descriptiveKeywords/MD_Keywords/keyword"),
        "link": only(root, "dataSetURI"),
    }


def written(record: Any) -> bytes:
    """A record of ISO 19139 with what it has of these fields."""
    said = record.get("keywords") or []
    keywords = said if isinstance(said, list) else [said]
    words = "".join(_text("keyword", word) for word in keywords)
    return (
        f"<MD_Metadata {_SPACES}>{_text('fileIdentifier', record.get('id'))}"
        f"{_text('dateStamp', record.get('modified'))}{_text('dataSetURI', record.get('link'))}"
        "<identificationInfo><MD_DataIdentification><citation><CI_Citation>"
        f"{_text('title', record.get('title'))}{_dated(record.get('modified'))}</CI_Citation></citation>"
        f"{_text('abstract', record.get('description'))}"
        f"<descriptiveKeywords><MD_Keywords>{words}</MD_Keywords></descriptiveKeywords>"
        "</MD_DataIdentification></identificationInfo></MD_Metadata>"
    ).encode("utf-8", "replace")


def _dated(value: Any) -> str:
    return f"<date><CI_Date>{_text('date', value)}</CI_Date></date>" if value is not None else ""


def _text(name: str, value: Any) -> str:
    if value in (None, ""):
        return ""
    return f"<{name}><gco:CharacterString>{escape(str(value))}</gco:CharacterString></{name}>"
