"""A JKAN site in the matrix: the zip of its repository, real texts in its Markdown files."""

import io
import json
import re
import zipfile
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from tests.portals import Answer, LoopbackServer, StaticPortal

_FOLDER = "_datasets/"
_LONGEST = 60_000
"""Characters of a file's name; the format ends at 65,535."""
_LONE = re.compile("[\ud800-\udfff]")


def as_pages(records: list[Any]) -> list[Any]:
    """Catalogue records as what a page of JKAN's has in front; `id` is the file's name."""
    return [
        {
            "id": quote(record["identifier"], safe=""),
            "title": record["title"],
            "notes": record["description"],
            "tags": record["keyword"],
            "modified": record["modified"],
            "organization": record["publisher"]["name"],
            "landing_page": record.get("landingPage"),
            "resources": [{"name": "Page", "url": record.get("landingPage"), "format": "HTML"}],
        }
        for record in records
    ]


def build(records: list[Any]) -> LoopbackServer:
    """The archive, at the root. A site without datasets keeps their folder."""
    return StaticPortal({"/": Answer(_zipped(records), headers={"Content-Type": "application/zip"})})


def put(record: Any, name: str, value: Any) -> Any:
    """A changed copy. A file always has a name; one of a blank names nothing."""
    if name == "identifier":
        return {**record, "id": " " if value is None else quote(value, safe="")}
    if name == "link":
        return {**record, "landing_page": value, "resources": [{"name": value, "url": value}]}
    if name == "distributions":
        offers = [{"name": "File", "url": item["downloadURL"], "format": item["mediaType"]} for item in value]
        return {**record, "resources": offers}
    return {**record, {"description": "notes", "keywords": "tags"}.get(name, name): value}


def rewrite(body: bytes, change: Callable[[list[Any]], list[Any]]) -> bytes:
    """The archive with other pages in it."""
    pages = [file for file in _files(body) if file[0].startswith(_FOLDER) and file[0].endswith(".md")]
    return _zipped(change([_read(name, text) for name, text in pages]))


def in_each(body: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """The archive with the text of every file changed."""
    return _packed([(name, change(text)) for name, text in _files(body)])


def _zipped(records: list[Any]) -> bytes:
    """What has the name of another lies in a folder of its own."""
    named: dict[str, bytes] = {f"{_FOLDER}.gitkeep": b"", "README.md": b"# Our data\n"}
    for number, record in enumerate(records):
        file = f"{str(record['id'])[:_LONGEST]}.md"
        named[f"{_FOLDER}{number}/{file}" if _FOLDER + file in named else _FOLDER + file] = _page(record)
    return _packed(list(named.items()))


def _page(record: Any) -> bytes:
    front = [
        f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in record.items() if name != "id"
    ]
    text = "\n".join(["---", "schema: default", *front, "---", "", "Made with JKAN.", ""])
    return _LONE.sub(lambda half: f"\\u{ord(half[0]):04x}", text).encode()


def _read(name: str, page: bytes) -> dict[str, Any]:
    lines = page.decode().split("\n---\n")[0].split("\n")[2:]
    pairs = (line.partition(": ") for line in lines)
    return {
        "id": name.rpartition("/")[2].removesuffix(".md"),
        **{key: json.loads(said) for key, _, said in pairs},
    }


def _files(archive: bytes) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return [(name, opened.read(name)) for name in opened.namelist()]


def _packed(files: list[tuple[str, bytes]]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files:
            archive.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
    return made.getvalue()
