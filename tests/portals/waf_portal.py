"""A web accessible folder behind the index pages of one of three servers."""

from collections.abc import Mapping
from html import escape
from http.server import BaseHTTPRequestHandler
from urllib.parse import quote, unquote

from tests.portals.server import LoopbackServer, Seen, send


class WafPortal(LoopbackServer):
    """`files` by path below the root (`towns/a.xml`); every folder has an index page in the `style` of
    `apache`, `nginx` or `iis`, with that server's sort links, parent links and dates.

    A folder without its closing slash redirects there. `broken` paths answer 500; `extra` is HTML put into
    every index page. Only what exists is answered.
    """

    def __init__(
        self,
        files: Mapping[str, bytes],
        *,
        style: str = "apache",
        broken: frozenset[str] = frozenset(),
        extra: str = "",
    ) -> None:
        super().__init__()
        self._files = dict(files)
        self._style, self._broken, self._extra = style, broken, extra
        self._folders: dict[str, dict[str, None]] = {"": {}}
        for path in files:
            parts = path.split("/")
            for depth, name in enumerate(parts):
                folder = "".join(f"{part}/" for part in parts[:depth])
                last = depth == len(parts) - 1
                self._folders.setdefault(folder, {})[name if last else f"{name}/"] = None

    def answer(self, handler: BaseHTTPRequestHandler, seen: Seen) -> None:
        path = unquote(seen.path)[1:]
        if path in self._broken:
            send(handler, 500, b"broken")
        elif path in self._files:
            send(handler, 200, self._files[path], {"Content-Type": "text/xml"})
        elif path in self._folders:
            page = _PAGES[self._style](f"/{path}", list(self._folders[path]), self._extra)
            send(handler, 200, page.encode(), {"Content-Type": "text/html"})
        elif f"{path}/" in self._folders:
            send(handler, 301, b"", {"Location": f"{seen.path}/"})
        else:
            send(handler, 404, b"not here")


def _apache(folder: str, names: list[str], extra: str) -> str:
    rows = "".join(
        f'<tr><td><a href="{quote(name)}">{escape(name)}</a></td><td>2026-07-12 02:23</td><td>35K</td></tr>\n'
        for name in names
    )
    sorts = '<a href="?C=N;O=D">Name</a> <a href="?C=M;O=A">Last modified</a>'
    parent = f'<a href="{quote(folder.rstrip("/").rpartition("/")[0] + "/")}">Parent Directory</a>'
    head = f"<html><head><title>Index of {folder}</title></head><body><h1>Index of {folder}</h1>"
    return f"{head}<table>{sorts}{parent}{extra}{rows}</table></body></html>"


def _nginx(folder: str, names: list[str], extra: str) -> str:
    rows = "".join(
        f'<a href="{quote(n)}">{escape(n[:47])}</a>     02-Oct-2025 11:47     45K\n' for n in names
    )
    title = f"<html><head><title>Index of {folder}</title></head><body><h1>Index of {folder}</h1>"
    return f'{title}<hr><pre><a href="../">../</a>\n{extra}{rows}</pre><hr></body></html>'


def _iis(folder: str, names: list[str], extra: str) -> str:
    rows = "".join(
        f'Friday, July 31, 2026  4:53 PM  27383 <A HREF="{folder}{quote(n)}">{escape(n)}</A><br>'
        for n in names
    )
    title = f"<html><head><title>127.0.0.1 - {folder}</title></head><body><H1>127.0.0.1 - {folder}</H1>"
    return (
        f'{title}<hr>\n\n<pre><A HREF="/">[To Parent Directory]</A><br><br>{extra}{rows}</pre></body></html>'
    )


_PAGES = {"apache": _apache, "nginx": _nginx, "iis": _iis}
