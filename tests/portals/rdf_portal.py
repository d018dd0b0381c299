"""A DCAT catalogue over given records, in three syntaxes and in pages by hydra, with its faults when told."""

import json
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from tests.portals.server import LoopbackServer, Seen, send

DCAT = "http://www.w3.org/ns/dcat#"
DCT = "http://purl.org/dc/terms/"
FOAF = "http://xmlns.com/foaf/0.1/"
HYDRA = "http://www.w3.org/ns/hydra/core#"
MEDIA = {"ttl": "text/turtle", "rdf": "application/rdf+xml", "jsonld": "application/ld+json"}
PREFIXES = (
    f"@prefix dcat: <{DCAT}> . @prefix dct: <{DCT}> . @prefix foaf: <{FOAF}> . @prefix hydra: <{HYDRA}> .\n"
)
_FIELDS = (("title", "title"), ("description", "description"), ("modified", "modified"))

Record = dict[str, Any]


class RdfPortal(LoopbackServer):
    """Answers `/catalog.ttl`, `.rdf` and `.jsonld` (those of `syntaxes`) as ckanext-dcat and udata do.

    Records hold `id` (an address, or None for a blank node), `title`, `description`, `modified`, `keywords`
    and `links`. `size` is that of a page, which `?page=` counts from 1; None: all in one. `form` is how the
    next page is named: hydra's `next` or the draft's `nextPage`; `literal` makes it one, `relative` leaves
    the host out, `host` is what the portal calls itself. Faults, by page number: `missing` answer 500,
    `loops` name another page as the next than the one that follows, `endless` pages all have the first
    one's content and a next page that is always new. `total` is the lie told, None says nothing.
    """

    def __init__(
        self,
        records: Sequence[Record],
        *,
        syntaxes: Sequence[str] = ("ttl", "rdf", "jsonld"),
        size: int | None = None,
        form: str = "next",
        literal: bool = False,
        relative: bool = False,
        host: str | None = None,
        missing: frozenset[int] = frozenset(),
        loops: dict[int, int] | None = None,
        endless: bool = False,
        total: int | None = -1,
    ) -> None:
        super().__init__()
        self.records = list(records)
        self._syntaxes, self._size, self._form = syntaxes, size, form
        self._literal, self._relative, self._host = literal, relative, host
        self._missing, self._loops, self._endless, self._total = missing, loops or {}, endless, total

    def answer(self, handler: BaseHTTPRequestHandler, seen: Seen) -> None:
        ending = seen.path.removeprefix("/catalog.")
        number = int(seen.query.get("page", "1"))
        if ending not in self._syntaxes:
            send(handler, 404, b"<html><title>Not found</title></html>", {"Content-Type": "text/html"})
        elif number in self._missing:
            send(handler, 500, b"out of memory")
        else:
            send(handler, 200, self._page(seen.path, number, ending), {"Content-Type": MEDIA[ending]})

    def _page(self, path: str, number: int, ending: str) -> bytes:
        size = self._size or len(self.records) or 1
        start = 0 if self._endless else (number - 1) * size
        found = self.records[start : start + size]
        following = self._loops.get(number, number + 1)
        more = self._endless or number in self._loops or start + size < len(self.records)
        root = "" if self._relative else (self._host or self.url).rstrip("/")
        total = len(self.records) if self._total == -1 else self._total
        view = View(
            f"{root}{path}?page={following}" if more else None, self._form, self._literal, total, self.url
        )
        return {"ttl": turtle, "rdf": rdf_xml, "jsonld": json_ld}[ending](found, view).encode(
            "utf-8", "replace"
        )


class View:
    """What a page says of the catalogue."""

    def __init__(self, following: str | None, form: str, literal: bool, total: int | None, site: str) -> None:
        self.following, self.form, self.literal, self.total, self.site = following, form, literal, total, site

    @property
    def kind(self) -> str:
        """The class of a page in hydra, or in its draft."""
        return "PagedCollection" if self.form == "nextPage" else "PartialCollectionView"


def turtle(records: Sequence[Record], view: View) -> str:
    """One page in Turtle."""
    said = [f"<{view.site}catalog> a dcat:Catalog, hydra:Collection ; dct:title {_quoted('Catalogue')} ."]
    if view.total is not None:
        said.append(f"<{view.site}catalog> hydra:totalItems {view.total} .")
    if view.following:
        target = _quoted(view.following) if view.literal else f"<{view.following}>"
        said.append(f"<{view.site}view> a hydra:{view.kind} ; hydra:{view.form} {target} .")
    for number, record in enumerate(records):
        node = f"<{record['id']}>" if record.get("id") else f"_:d{number}"
        values = [
            f"dct:{name} {_quoted(record[key])}" for name, key in _FIELDS if record.get(key) is not None
        ]
        values += [f"dcat:keyword {_quoted(word)}" for word in record.get("keywords") or ()]
        values += [
            f"dcat:distribution [ a dcat:Distribution ; dcat:accessURL {_quoted(link)} ]"
            for link in record.get("links") or ()
        ]
        values.append('dct:publisher [ a foaf:Agent ; foaf:name "City of Lakes" ]')
        said.append(
            f"<{view.site}catalog> dcat:dataset {node} . {node} a dcat:Dataset ; {' ; '.join(values)} ."
        )
    return PREFIXES + "\n".join(said) + "\n"


def rdf_xml(records: Sequence[Record], view: View) -> str:
    """One page in RDF/XML."""
    said = [
        '<?xml version="1.0" encoding="utf-8"?>\n<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
    ]
    said.append(f' xmlns:dcat="{DCAT}" xmlns:dct="{DCT}" xmlns:foaf="{FOAF}" xmlns:hydra="{HYDRA}">')
    said.append(
        f"<dcat:Catalog rdf:about={quoteattr(view.site + 'catalog')}><dct:title>Catalogue</dct:title>"
    )
    if view.total is not None:
        said.append(f"<hydra:totalItems>{view.total}</hydra:totalItems>")
    said.append("</dcat:Catalog>")
    if view.following:
        name, target = f"hydra:{view.form}", view.following
        held = (
            f"<{name}>{escape(target)}</{name}>"
            if view.literal
            else f"<{name} rdf:resource={quoteattr(target)}/>"
        )
        said.append(f"<hydra:{view.kind}>{held}</hydra:{view.kind}>")
    for record in records:
        about = f" rdf:about={quoteattr(record['id'])}" if record.get("id") else ""
        said.append(f"<dcat:Dataset{about}>")
        said += [
            f"<dct:{n}>{escape(str(record[k]))}</dct:{n}>" for n, k in _FIELDS if record.get(k) is not None
        ]
        said += [f"<dcat:keyword>{escape(str(word))}</dcat:keyword>" for word in record.get("keywords") or ()]
        said += [
            f"<dcat:distribution><dcat:Distribution><dcat:accessURL>{escape(str(link))}</dcat:accessURL>"
            "</dcat:Distribution></dcat:distribution>"
            for link in record.get("links") or ()
        ]
        said.append(
            "<dct:publisher><foaf:Agent><foaf:name>City of Lakes</foaf:name></foaf:Agent></dct:publisher>"
        )
        said.append("</dcat:Dataset>")
    return "".join(said) + "</rdf:RDF>"


def json_ld(records: Sequence[Record], view: View) -> str:
    """One page in JSON-LD."""
    catalogue: Record = {"@id": f"{view.site}catalog", "@type": "dcat:Catalog"}
    if view.total is not None:
        catalogue["hydra:totalItems"] = view.total
    graph = [catalogue]
    if view.following:
        target = view.following if view.literal else {"@id": view.following}
        graph.append({"@type": f"hydra:{view.kind}", f"hydra:{view.form}": target})
    for record in records:
        made: Record = {"@id": record["id"]} if record.get("id") else {}
        made |= {
            "@type": "dcat:Dataset",
            "dct:publisher": {"@type": "foaf:Agent", "foaf:name": "City of Lakes"},
        }
        made |= {f"dct:{name}": record[key] for name, key in _FIELDS if record.get(key) is not None}
        made["dcat:keyword"] = list(record.get("keywords") or ())
        made["dcat:distribution"] = [
            {"@type": "dcat:Distribution", "dcat:accessURL": link} for link in record.get("links") or ()
        ]
        graph.append(made)
    context = {"dcat": DCAT, "dct": DCT, "foaf": FOAF, "hydra": HYDRA}
    return json.dumps({"@context": context, "@graph": graph})


def _quoted(value: Any) -> str:
    """A literal: JSON's escapes are Turtle's, too."""
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007F")
