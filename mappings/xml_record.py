"""Bytes of one XML record to its element tree, hardened: no DTD, no entity of the sender's, nothing fetched.

The text is decoded here and its prolog is cut off, so that expat sees one root element in UTF-8 and nothing
that could make it expand or load anything. Towns' FGDC files name a DTD (it is ignored); files come with a
blank line before the XML declaration, as Windows-1252 declared as UTF-8, with a control character in an
abstract or with HTML's `&nbsp;`: those are read, with an issue.
"""

import re
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from html.entities import html5
from typing import Any
from xml.etree import ElementTree as ET

from mappings.issue import Issue, IssueLog, Unmappable
from mappings.published import show

MAX_BYTES = 16 * 1024**2
"""Of one document. Real ones have 4 KB to 2 MB."""
MAX_TAGS = 400_000
"""Opening and closing tags together; a tree of them weighs about 40 MB. Real documents have up to 60,000."""
MAX_DEPTH = 100
"""Elements inside each other; ISO 19115's deepest real paths have 30."""

_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s{0,9}=\s{0,9}[\"']([A-Za-z0-9._-]{1,40})")
_CODECS = re.compile(
    r"(?:utf-?8|utf-?16(?:[bl]e)?|us-ascii|ascii|latin-?1|iso-?8859-?\d\d?|windows-125\d|cp125\d|koi8-[ru]"
    r"|gb2312|gbk|gb18030|big5|euc-(?:jp|kr)|shift_jis)",
    re.IGNORECASE,
)
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\0\0", "utf-32-le"),
    (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,30});")
_OWN = frozenset({"amp", "lt", "gt", "quot", "apos"})
_MOVING = frozenset({"{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"})


def parse(
    payload: bytes, max_bytes: int = MAX_BYTES, max_tags: int = MAX_TAGS
) -> tuple[ET.Element, list[Issue]]:
    """The root element, and what had to be repaired (`wrong-encoding`, `lenient-xml`). A page of many records
    may be larger than one record.

    Raises `Unmappable`: `invalid-xml`, `xml-dtd` (declares entities or the like), `xml-too-deep`,
    `record-too-large`.
    """
    if len(payload) > max_bytes or payload.count(b"<") > max_tags:
        limit = f"more than {max_bytes // 1024**2} MB or {max_tags:,} tags"
        raise Unmappable("record-too-large", f"the XML document has {limit}")
    log = IssueLog()
    text = _text(payload, log)
    body = _without_prolog(text, log)
    try:
        return _tree(body), log.issues
    except ET.ParseError as error:
        mended = _ENTITY.sub(_html_entity, _CONTROLS.sub("", body))
        if mended == body:
            raise _invalid(error) from None
        first = error
    try:
        root = _tree(mended)
    except ET.ParseError as error:
        raise _invalid(error) from None
    log.add("lenient-xml", "", f"the document is not well-formed: {first}; it was read nevertheless")
    return root, log.issues


def local(element: ET.Element) -> str:
    """The element's name without its namespace, in lower case."""
    return element.tag.rpartition("}")[2].lower()


def canonical(record: Mapping[str, Any]) -> dict[str, Any]:
    """Of a record with its tree under `root`: the tree's digest."""
    return {"xml": canonical_digest(record["root"])}


def canonical_digest(root: ET.Element) -> str:
    """Hash of names, attributes and texts: prefixes, comments, white space, the order of attributes,
    `gml:id` (GeoNetwork makes new ones for every answer) and `xsi:schemaLocation` do not count."""
    hashed = blake2b(digest_size=16)
    for piece in _pieces(root):
        hashed.update(piece.encode("utf-8", "replace") + b"\0")
    return hashed.hexdigest()


def _pieces(element: ET.Element) -> Iterator[str]:
    yield element.tag
    for name, value in sorted(element.attrib.items()):
        if name not in _MOVING and not (name.endswith("}id") and "/gml" in name):
            yield f"@{name}={' '.join(value.split())}"
    yield " ".join((element.text or "").split())
    for child in element:
        yield from _pieces(child)
        yield " ".join((child.tail or "").split())
    yield "/"


class _Builder(ET.TreeBuilder):
    depth = 0

    def start(self, tag: Any, attrs: Any, /) -> ET.Element:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Unmappable("xml-too-deep", f"the document nests more than {MAX_DEPTH} elements")
        return super().start(tag, attrs)

    def end(self, tag: Any, /) -> ET.Element:
        self.depth -= 1
        return super().end(tag)


def _tree(body: str) -> ET.Element:
    parser = ET.XMLParser(target=_Builder(), encoding="utf-8")  # noqa: S314 - no DTD is left in the body
    parser.feed(body.encode("utf-8", "replace"))
    root: ET.Element = parser.close()
    return root


def _text(payload: bytes, log: IssueLog) -> str:
    payload = payload.lstrip(b" \t\r\n") if payload[:2] not in (b"\xff\xfe", b"\xfe\xff") else payload
    for mark, encoding in _MARKS:
        if payload.startswith(mark):
            return payload.decode(encoding, "replace").removeprefix("\ufeff")
    found = _DECLARED.match(payload[:400])
    declared = found[1].decode() if found else "utf-8"
    names = [declared] if _CODECS.fullmatch(declared) and "16" not in declared[3:6] else []
    for encoding in (*names, "utf-8"):
        try:
            text = payload.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
        if encoding != declared:
            log.add("wrong-encoding", "", f"the document says {show(declared)} and is {encoding.upper()}")
        return text
    log.add("wrong-encoding", "", f"the document is not {show(declared)}; it was read as Windows-1252")
    return payload.decode("cp1252", "replace")


def _without_prolog(text: str, log: IssueLog) -> str:
    """The text from its root element on; a DOCTYPE that only names something is passed over."""
    at = 0
    while True:
        at += len(text[at : at + 10_000]) - len(text[at : at + 10_000].lstrip())
        if text.startswith("<?", at):
            end = text.find("?>", at)
        elif text.startswith("<!--", at):
            end = text.find("-->", at)
        elif text[at : at + 9].upper() == "<!DOCTYPE":
            end = text.find(">", at)
            if "[" in text[at : max(end, at)]:
                raise Unmappable("xml-dtd", "the document declares entities or elements of its own (a DTD)")
        elif text.startswith("<", at):
            return text[at:]
        else:
            raise Unmappable("invalid-xml", f"no XML document: it begins with {show(text[at : at + 40])}")
        if end < 0:
            raise Unmappable("invalid-xml", "the document ends before its root element")
        at = text.index(">", end) + 1


def _html_entity(match: re.Match[str]) -> str:
    if match[1] in _OWN:
        return match[0]
    return html5.get(match[1] + ";", match[0])


def _invalid(error: ET.ParseError) -> Unmappable:
    return Unmappable("invalid-xml", f"the document is not well-formed XML: {error}")
