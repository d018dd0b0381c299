"""A DCAT catalogue in RDF/XML for the matrix: the Treasury's and OPM's datasets, in pages by hydra."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

from tests.portals import LoopbackServer, RdfPortal
from tests.portals.rdf_portal import DCAT, DCT, rdf_records

SIZE = 14
_DCT = f"{{{DCT}}}"
_DCAT = f"{{{DCAT}}}"
_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"


def plain(records: list[Any]) -> list[Any]:
    """Datasets with the fields that the player writes."""
    return [
        {
            "id": f"https://data.example.gov/dataset/{quote(str(record['identifier']), safe='')}",
            "title": record["title"],
            "description": record["description"],
            "modified": record["modified"],
            "keywords": record["keyword"],
            "links": [record["landingPage"]] if record.get("landingPage") else [],
        }
        for record in records
    ]


def build(records: list[Any]) -> LoopbackServer:
    """The portal, whose other places answer 404. What is said twice is said once; other versions of a dataset
    stand on other pages, since on one they would be one."""
    first: dict[str, Any] = {}
    others = [record for record in records if first.setdefault(str(record["id"]), record) != record]
    listed = list(first.values())
    for number, record in enumerate(others, 1):
        listed.insert(number * SIZE, record)
    return RdfPortal(listed, syntaxes=("rdf",), size=SIZE)


def put(record: Any, name: str, value: Any) -> Any:
    """A changed copy. One without a name has no links either, as they would name it."""
    if name == "identifier":
        return {**record, "id": value} | ({"links": []} if value is None else {})
    if name == "link":
        return {**record, "links": [value]}
    if name == "distributions":
        return {**record, "links": [offer["downloadURL"] for offer in value]}
    return {**record, name: value}


def at_page(query: dict[str, str], _names: list[str], place: int) -> dict[str, str]:
    """The query for what comes behind so many datasets."""
    size = int(query.get("page_size", SIZE))
    return {**query, "page": str(place // size + 1), "page_size": str(size)}


def rewrite(body: bytes, change: Callable[[list[Any]], list[Any]]) -> bytes:
    """Other datasets between the catalogue and the end of a page."""
    read = [_read(node) for node in ElementTree.fromstring(body) if node.tag == f"{_DCAT}Dataset"]
    head = body.partition(b"<dcat:Dataset")[0].removesuffix(b"</rdf:RDF>")
    return head + rdf_records(change(read)).encode("utf-8", "replace") + b"</rdf:RDF>"


def _read(node: ElementTree.Element) -> dict[str, Any]:
    return {
        "id": node.get(_ABOUT),
        "title": node.findtext(f"{_DCT}title"),
        "description": node.findtext(f"{_DCT}description"),
        "modified": node.findtext(f"{_DCT}modified"),
        "keywords": [word.text for word in node.findall(f"{_DCAT}keyword")],
        "links": [link.text for link in node.iter(f"{_DCAT}accessURL")],
    }
