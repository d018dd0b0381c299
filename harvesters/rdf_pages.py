"""Where a catalogue in pages goes on, by hydra, and when a walk through it has to end.

Source: https://www.hydra-cg.com/spec/latest/core/, and its draft of 2013 (`PagedCollection`), which older
CKAN portals and udata speak.
"""

from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

from rdflib import Graph
from rdflib.namespace import Namespace

from harvesters.addresses import followed
from harvesters.fetch_error import FetchError

HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
_NEXT = (HYDRA.next, HYDRA.nextPage)
_EMPTY_PAGES = 3
"""In a row, after which a catalogue that always has another page is believed to have no end."""


def next_pages(graph: Graph, url: str) -> list[str]:
    """Where hydra says the catalogue goes on: addresses, or literals that hold one; a document of several
    catalogues has several. Always on the host of `url`, the page's own: a portal behind a proxy calls itself
    by the name it has there.

    Raises FetchError `redirect` for what is no address.
    """
    found: dict[str, None] = {}
    for said in sorted({str(value).strip() for name in _NEXT for value in graph.objects(None, name)} - {""}):
        try:
            target = urlsplit(followed(url, said))
        except ValueError as error:
            raise FetchError("redirect", f"the next page's address cannot be followed: {error}") from None
        own = urlsplit(url)
        found[urlunsplit((own.scheme, own.netloc, target.path, target.query, ""))] = None
    return list(found)


def declared_total(graph: Graph) -> int | None:
    """`hydra:totalItems`; of several, for catalogues within one another, the largest."""
    found = [str(value).strip() for value in graph.objects(None, HYDRA.totalItems)]
    return max((int(said) for said in found if said.isascii() and said.isdecimal()), default=None)


@dataclass(slots=True)
class RdfPages:
    """Pages to come and pages that were, by address and by what they brought."""

    pages: int = 0
    total: int | None = None
    waiting: list[str] = field(default_factory=list)
    repeated: str = ""
    _asked: set[str] = field(default_factory=set)
    _brought: set[int] = field(default_factory=set)
    _names: set[str] = field(default_factory=set)
    _unnamed: int = 0
    _empty: int = 0

    @property
    def came(self) -> int:
        """Datasets told from each other, services and those that cannot be used among them."""
        return len(self._names) + self._unnamed

    def take(self, url: str, brought: list[tuple[str, str]], total: int | None, following: list[str]) -> None:
        """Note a page: its records' identifiers ("" for none) and digests, and where hydra goes on.

        Raises FetchError `page-repeated`: it brings only what came before, or nothing for the third time.
        """
        self.pages += 1
        self._asked.add(url)
        self.total = total if self.total is None else self.total
        new = {hash(one) for one in brought} - self._brought
        self._brought |= new
        self._names.update(name for name, _ in brought if name)
        self._unnamed += sum(not name for name, _ in brought)
        self._empty = 0 if brought else self._empty + 1
        if (brought and not new and not self.is_whole()) or self._empty >= _EMPTY_PAGES:
            raise FetchError("page-repeated", f"page {self.pages} brings only what came before")
        if brought and not new:
            return  # all came; whatever it calls the next page
        again = [page for page in following if page in self._asked]
        if again:
            self.repeated = f"page {self.pages} names an earlier page or itself as the next: {again[0]}"
        self.waiting += [page for page in following if page not in self._asked and page not in self.waiting]

    def is_whole(self) -> bool:
        """Whether as many came as were declared; False where nothing was."""
        return self.total is not None and self.came >= self.total
