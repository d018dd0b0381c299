"""A web site of landing pages behind robots.txt and sitemaps, with the rules of both and, when told, their
faults."""

import gzip
from collections.abc import Mapping, Sequence
from html import escape
from http.server import BaseHTTPRequestHandler

from tests.portals.server import LoopbackServer, Seen, send

HTML = {"Content-Type": "text/html; charset=utf-8"}
XML = {"Content-Type": "application/xml"}
_SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


class LandingPortal(LoopbackServer):
    """`pages` by path. `/robots.txt` names `/sitemap/index.xml`, which lists sitemaps of `size` pages each;
    every second one is gzipped. `listed` says which paths those are (default: all pages, in order).

    `robots` stands before the line that names the sitemap; with `named` False there is none. The index is at
    `/sitemap.xml`, too. Addresses are those of the host that was asked. `broken` paths answer 500. `extra`
    are further answers by path: body and headers.
    """

    def __init__(
        self,
        pages: Mapping[str, bytes],
        *,
        size: int = 100,
        listed: Sequence[str] | None = None,
        robots: str = "User-agent: *\nDisallow: /admin/\n",
        named: bool = True,
        broken: frozenset[str] = frozenset(),
        extra: Mapping[str, tuple[bytes, dict[str, str]]] | None = None,
    ) -> None:
        super().__init__()
        self._pages = pages
        paths = list(pages) if listed is None else list(listed)
        self._sitemaps = [paths[at : at + size] for at in range(0, len(paths), size)]
        self._robots, self._named, self._broken = robots, named, broken
        self._extra = dict(extra or {})

    def answer(self, handler: BaseHTTPRequestHandler, seen: Seen) -> None:
        path = seen.path
        root = f"http://{seen.headers.get('Host', '')}"
        if path in self._broken:
            send(handler, 500, b"broken")
        elif path in self._extra:
            body, headers = self._extra[path]
            send(handler, 200, body, headers)
        elif path == "/robots.txt":
            line = f"Sitemap: {root}/sitemap/index.xml\n" if self._named else ""
            send(handler, 200, (self._robots + line).encode(), {"Content-Type": "text/plain"})
        elif path in {"/sitemap/index.xml", "/sitemap.xml"}:
            send(handler, 200, self._index(root), XML)
        elif path.startswith("/sitemap/") and (number := path.split("/")[2].partition(".")[0]).isdecimal():
            body = urlset([root + page for page in self._sitemaps[int(number)]])
            gzipped = path.endswith(".gz")
            send(handler, 200, gzip.compress(body, mtime=0) if gzipped else body, XML)
        elif path in self._pages:
            send(handler, 200, self._pages[path], HTML)
        else:
            send(handler, 404, b"<html><title>Not found</title></html>", HTML)

    def _index(self, root: str) -> bytes:
        names = (f"{n}.xml{'.gz' if n % 2 else ''}" for n in range(len(self._sitemaps)))
        entries = "".join(f"<sitemap><loc>{root}/sitemap/{name}</loc></sitemap>" for name in names)
        return f'<?xml version="1.0"?><sitemapindex {_SPACE}>{entries}</sitemapindex>'.encode()


def urlset(urls: Sequence[str], lastmod: str = "2022-03-04") -> bytes:
    """A sitemap of pages."""
    entries = "".join(f"<url><loc>{escape(url)}</loc><lastmod>{lastmod}</lastmod></url>" for url in urls)
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset {_SPACE}>{entries}</urlset>'.encode()
