"""The links of a folder's index page, as Apache, nginx, IIS and people write them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import quote, unquote, urljoin, urlsplit

_FILE = re.compile(r"\.(?:xml|iso|fgdc)(?:\.gz)?$", re.IGNORECASE)
_INDEX = re.compile(
    r"index of|directory listing|listing of|parent directory|last modified|\[dir\]| - /", re.IGNORECASE
)
"""Words of an index page's title, headings and links; IIS's title is `host - /folder/`."""
_HTML = re.compile(rb"(?:\s|<!--.*?-->|<\?xml.*?\?>)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_SAFE = "/%:@!$&'()*+,;=~-._"
_LONGEST_TEXT = 2_000


@dataclass(slots=True)
class Links:
    """What lies directly or further below a folder: folders (with a closing slash), metadata files, and
    `unclear` names without an ending, which may be either."""

    folders: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)
    others: int = 0
    says_index: bool = False
    whole: bool = True

    def any(self) -> bool:
        """Whether there is anything to follow."""
        return bool(self.folders or self.files or self.unclear)


@dataclass(frozen=True, slots=True)
class Start:
    """The folder all has to be below, on one host."""

    scheme: str
    netloc: str
    path: str

    @classmethod
    def of(cls, url: str) -> "Start":
        """The folder of an address: it itself with a closing slash, else what stands before its last name."""
        parts = urlsplit(url)
        return cls(parts.scheme, parts.netloc, (parts.path or "/").rpartition("/")[0] + "/")

    @property
    def url(self) -> str:
        """The folder's address."""
        return f"{self.scheme}://{self.netloc}{self.path}"

    def below(self, page: str, link: str) -> str | None:
        """A link's address if it leads below the folder; None for other hosts, parents, sort orders
        (`?C=N;O=D`), mail addresses and places within a page. `https` on the same host is the same."""
        link = link.strip()
        if not link or link[0] in "#?" or "\\" in link:
            return None
        try:
            parts = urlsplit(urljoin(page, link))
            same = parts.hostname == urlsplit(self.url).hostname and self._same_port(parts.port)
        except ValueError:
            return None
        if parts.scheme not in ("http", "https") or parts.query or not same:
            return None
        if ".." in unquote(parts.path).split("/") or not parts.path.startswith(self.path):
            return None
        url = f"{self.scheme}://{self.netloc}{quote(parts.path, safe=_SAFE)}"
        return None if url == self.url else url

    def name(self, url: str) -> str:
        """An address below the folder as the path from there."""
        return unquote(urlsplit(url).path[len(self.path) :])

    def _same_port(self, port: int | None) -> bool:
        return port == urlsplit(self.url).port


def is_html(beginning: bytes) -> bool:
    """Whether a document begins as a web page does."""
    return _HTML.match(beginning[:4_096]) is not None


def read_index(chunks: Iterable[bytes], page: str, start: Start) -> Links:
    """The links of an index page at `page` that lead below `start`, each once."""
    reader = _Reader()
    for chunk in chunks:
        reader.feed(chunk.decode("utf-8", "replace"))
    reader.close()
    links = Links(says_index=_INDEX.search(reader.text) is not None, whole=reader.whole())
    folder = page.rpartition("/")[0] + "/"
    for link in dict.fromkeys(reader.links):
        url = start.below(page, link)
        if url is None or url in (page, folder) or not url.startswith(folder):
            continue
        name = unquote(url.rpartition("/")[2])
        if not name:
            links.folders.append(url)
        elif _FILE.search(name):
            links.files.append(url)
        elif "." not in name:
            links.unclear.append(url)
        else:
            links.others += 1
    return links


class _Reader(HTMLParser):
    """Collects `href`s and the page's first words."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self.text = ""
        self._opened = self._closed = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "html":
            self._opened = True
        elif tag == "a":
            self.links += [value for name, value in attrs if name == "href" and value]

    def handle_endtag(self, tag: str) -> None:
        if tag == "html":
            self._closed = True

    def handle_data(self, data: str) -> None:
        if len(self.text) < _LONGEST_TEXT:
            self.text += data[:_LONGEST_TEXT]

    def whole(self) -> bool:
        """A page that opens `<html>` closes it."""
        return self._closed or not self._opened
