"""Which addresses belong to a site of landing pages, and the one name that each page has."""

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from harvesters.addresses import followed

LONGEST = 2_000
"""Characters of a page's address; longer ones are no page that anybody links to."""
_DEFAULT = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Site:
    """One host (with or without `www.`), and the path that all pages have to be below (`/` or `/data`)."""

    scheme: str
    netloc: str
    path: str

    @classmethod
    def of(cls, url: str) -> "Site":
        """All that lies below a page's address: below its folder where it names a file
        (`/data/index.html`)."""
        parts = urlsplit(url)
        path = parts.path.rstrip("/")
        if "." in path.rpartition("/")[2]:
            path = path.rpartition("/")[0]
        return cls(parts.scheme, parts.netloc, path or "/")

    @classmethod
    def whole(cls, url: str) -> "Site":
        """The whole host of an address."""
        parts = urlsplit(url)
        return cls(parts.scheme, parts.netloc, "/")

    def address(self, base: str, link: str) -> str | None:
        """Where a link leads on this site, by the site's own scheme; None for other hosts and ports, what is
        not http or https, what leads upwards, and what is too long to be an address."""
        try:
            url = followed(base, link.strip()[: LONGEST + 1])
            parts = urlsplit(url)
            same = _host(parts.hostname) == _host(urlsplit(self._root()).hostname) and self._same_port(url)
        except ValueError:
            return None
        if not same or len(url) > LONGEST or ".." in unquote(parts.path).split("/"):
            return None
        netloc = parts.netloc if parts.port not in _DEFAULT.values() else parts.netloc.rpartition(":")[0]
        return parts._replace(scheme=self.scheme, netloc=netloc, path=parts.path or "/").geturl()

    def below(self, url: str) -> bool:
        """Whether one of the site's addresses is the start itself or lies below it."""
        path = urlsplit(url).path
        return self.path in {"/", path} or path.startswith(f"{self.path}/")

    def _root(self) -> str:
        return f"{self.scheme}://{self.netloc}"

    def _same_port(self, url: str) -> bool:
        ours, theirs = urlsplit(self._root()), urlsplit(url)
        if ours.port == theirs.port:
            return True
        return {_port(ours.scheme, ours.port), _port(theirs.scheme, theirs.port)} <= set(_DEFAULT.values())


def identity(url: str) -> str:
    """A page's identifier: its address as it stays when a site moves to https, drops `www.` or adds a slash.

    What is no web address of a sensible length stays as it is.
    """
    if len(url) > LONGEST:
        return url
    try:
        parts = urlsplit(url)
        host, port = _host(parts.hostname), parts.port
    except ValueError:
        return url
    if parts.scheme.lower() not in _DEFAULT or not host:
        return url
    place = f"[{host}]" if ":" in host else host
    place += "" if port is None or port in _DEFAULT.values() else f":{port}"
    query = f"?{parts.query}" if parts.query else ""
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    return f"https://{place}{parts.path.rstrip('/')}{query}{fragment}"


def _host(name: str | None) -> str:
    return (name or "").lower().removeprefix("www.")


def _port(scheme: str, port: int | None) -> int:
    return port if port is not None else _DEFAULT.get(scheme, 0)
