"""Asking an unknown portal, in order and cheaply, until one answer tells its type."""

from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from scrapy import Request
from scrapy.http import Response

from harvesters.fetch_error import FetchError
from harvesters.find_csw import csw_probes, find_csw
from harvesters.find_opendatasoft import find_opendatasoft, opendatasoft_probes
from harvesters.probes import (
    CKAN_NAMES,
    CKAN_STATUS,
    HUB_CATALOG,
    HUB_FEED,
    PREFIX,
    Answered,
    Finding,
    catalog_probe,
    ckan_roots,
    find_ckan_names,
    find_ckan_status,
    find_dcat_us,
    find_document,
    find_hub_catalog,
    find_hub_feed,
    find_socrata_catalog,
    find_socrata_metadata,
    has_socrata_header,
    root_of,
)
from harvesters.run import FetchRun
from harvesters.spider import PortalSpider

Judge = Callable[[Answered], Finding | None]
_HOPELESS = frozenset(
    {"unreachable", "tls", "egress-refused", "deadline", "host-busy", "crawl-delay", "robots-unavailable"}
)
"""Troubles of the host as a whole: asking on would only make the operator wait."""


class DetectSpider(PortalSpider):
    """At most twelve requests of 64 KB, none repeated, and robots.txt first for its Crawl-delay.

    The address itself (a DCAT-US document, a folder of XML files, a zip of JKAN, a register?), Socrata's
    catalogue and metadata API, ArcGIS Hub's catalogue and its feed, Opendatasoft's catalogue and CKAN's
    status at the root that the address tells and at the site's, CKAN's list of names (DKAN has no status),
    /data.json below the address and below the root. `found` is the first finding, `seen`
    says what each probe saw.
    """

    name = "detect"
    type: ClassVar[str] = "detect"
    any_status: ClassVar[bool] = True

    def __init__(self, run: FetchRun, **kwargs: Any) -> None:
        super().__init__(run, **kwargs)
        self.found: Finding | None = None
        self.seen: list[str] = []
        self._header_url = ""
        self._probes: list[tuple[str, Judge]] = []

    def first_requests(self) -> Iterator[Request]:
        """The address as the operator gave it."""
        yield self._probe(self.portal.url, lambda answer: find_document(answer) or find_csw(answer))

    def read(self, response: Response) -> Iterator[Request]:
        """Any status tells something."""
        beginning = self.beginning(response, PREFIX)
        headers = {
            name.decode("latin-1").lower(): values[-1].decode("latin-1")
            for name, values in response.headers.items()
            if values
        }
        answer = Answered(response.url, response.status, headers, beginning)
        yield from self._judge(answer, response.meta["judge"])

    def unanswered(self, failure: Any) -> Iterator[Request]:
        """No answer tells something, too."""
        super().unanswered(failure)
        if not isinstance(failure.value, FetchError):
            return
        answer = Answered(failure.request.url, trouble=failure.value.message)
        if failure.value.slug in _HOPELESS:
            self.seen.append(self.run.quiet(f"{answer.url}: {answer.seen()}"))
        else:
            yield from self._judge(answer, lambda _: None)

    def trouble(self, url: str, slug: str, message: str) -> None:
        """Noted with the probe."""

    def _judge(self, answer: Answered, judge: Judge) -> Iterator[Request]:
        self.seen.append(self.run.quiet(f"{answer.url}: {answer.seen()}"))
        if has_socrata_header(answer):
            self._header_url = self._header_url or root_of(answer.url)
        self.found = judge(answer)
        if self.found is None and len(self.seen) == 1:
            self._plan(answer)
        if self.found is None and self._probes:
            yield self._probe(*self._probes.pop(0))
        elif self.found is None and self._header_url:
            sentence = "its answers carry the header X-Socrata-RequestId"
            self.found = Finding("socrata", self._header_url, sentence)

    def _plan(self, first: Answered) -> None:
        """What else to ask, below where the first answer came from."""
        root = root_of(first.url)
        below = first.url.partition("?")[0].rpartition("/")[0] + "/"
        self._probes = [
            (catalog_probe(root), find_socrata_catalog),
            (f"{root}api/views/metadata/v1?limit=1", find_socrata_metadata),
            (root + HUB_CATALOG, find_hub_catalog),
            (root + HUB_FEED, find_hub_feed),
        ]
        self._probes += [(url, find_opendatasoft) for url in opendatasoft_probes(first.url)]
        roots = ckan_roots(first.url)
        self._probes += [(f"{below_root}{CKAN_STATUS}", find_ckan_status) for below_root in roots]
        self._probes.append((f"{roots[0]}{CKAN_NAMES}", find_ckan_names))
        documents = dict.fromkeys((f"{below}data.json", f"{root}data.json"))
        self._probes += [(url, find_dcat_us) for url in documents if url != first.url]
        services = [(url, find_csw) for url in csw_probes(first.url, root)]
        self._probes = [*services, *self._probes] if len(services) == 1 else [*self._probes, *services]

    def _probe(self, url: str, judge: Judge) -> Request:
        return self.ask(url, judge=judge, prefix=PREFIX, retries=0)
