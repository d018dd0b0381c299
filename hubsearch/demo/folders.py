"""Folders of the sample as web servers show them: metadata files behind index pages, and a site of pages."""

from collections.abc import Iterator
from html import escape
from importlib.resources.abc import Traversable
from urllib.parse import quote

from hubsearch.demo.player import HTML, TEXT, XML, Answer, Asked, Platform

_NOT_FOUND = Answer(404, b"<html><title>404 Not Found</title></html>", HTML)
_SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def web_folder(folder: Traversable) -> Platform:
    """A web accessible folder: every folder answers with an index page as Apache writes it."""
    held = dict(_held(folder, "/"))

    def answer(asked: Asked) -> Answer:
        place = held.get(asked.path)
        if place is None:
            return _NOT_FOUND
        if place.is_dir():
            return Answer(200, _index(asked.path, place), HTML)
        return Answer(200, place.read_bytes(), XML)

    return answer


def site(folder: Traversable) -> Platform:
    """A web site: its pages, a sitemap that lists them, and robots.txt, which names the sitemap."""
    pages = {path: place for path, place in _held(folder, "/") if path.endswith(".html")}
    pages["/"] = pages.pop("/index.html")

    def answer(asked: Asked) -> Answer:
        if asked.path == "/robots.txt":
            return Answer(200, f"User-agent: *\nSitemap: {asked.root}/sitemap.xml\n".encode(), TEXT)
        if asked.path == "/sitemap.xml":
            return Answer(200, _sitemap([asked.root + quote(path) for path in pages]), XML)
        place = pages.get(asked.path)
        return Answer(200, place.read_bytes(), HTML) if place is not None else _NOT_FOUND

    return answer


def _held(folder: Traversable, path: str) -> Iterator[tuple[str, Traversable]]:
    """Every folder (with a closing slash) and file below `folder`, by its path."""
    yield path, folder
    for place in sorted(folder.iterdir(), key=lambda place: place.name):
        if place.is_dir():
            yield from _held(place, f"{path}{place.name}/")
        else:
            yield path + place.name, place


def _index(path: str, folder: Traversable) -> bytes:
    names = sorted(f"{place.name}/" if place.is_dir() else place.name for place in folder.iterdir())
    rows = "".join(f'<tr><td><a href="{quote(name)}">{escape(name)}</a></td></tr>\n' for name in names)
    title = f"Index of {escape(path)}"
    head = f"<html><head><title>{title}</title></head><body><h1>{title}</h1>"
    sort = '<tr><th><a href="?C=N;O=D">Name</a></th></tr>\n'
    parent = '<tr><td><a href="../">Parent Directory</a></td></tr>\n'
    return f"{head}<table>{sort}{parent}{rows}</table></body></html>".encode()


def _sitemap(urls: list[str]) -> bytes:
    entries = "".join(f"<url><loc>{escape(url)}</loc></url>" for url in urls)
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="{_SPACE}">{entries}</urlset>'.encode()
