"""Repositories that speak OAI-PMH: DSpace, Dataverse, Zenodo, EPrints, Invenio, libraries' catalogues."""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response

from harvesters.detection import Answered, Finding, Probe, root_of
from harvesters.fetch_error import FetchError
from harvesters.folder_index import is_html
from harvesters.json_element import Element
from harvesters.oai_answer import ListPage, OaiError, base_url, best_format, read_list, request_url
from harvesters.records import source_record
from harvesters.run import FetchRun
from harvesters.spider import PortalSpider

PLACES = ("oai", "oai/request")
"""Below the site's root: Dataverse's and DSpace's own."""
_OWN_SLUGS = frozenset(
    {"page-repeated", "page-missing", "too-many-pages", "total-not-reached", "deadline", "disk-full"}
)


def find_oai(answer: Answered) -> Finding | None:
    """The protocol's namespace and root, whatever the answer is; an error of the protocol is one, too."""
    beginning = answer.beginning[:4_096].replace(b"\0", b"")
    if answer.status != 200 or is_html(beginning):
        return None
    if b"http://www.openarchives.org/OAI/2.0/" not in beginning or b"OAI-PMH" not in beginning:
        return None
    url = base_url(answer.url)
    return Finding("oai-pmh", url, f"{url} answers as an OAI-PMH 2.0 repository")


class OaiPmhSpider(PortalSpider):
    """Type `oai-pmh`: OAI-PMH 2.0, `GET ListRecords&metadataPrefix=` at `url`, list by list.

    `url` is the repository's base address (`https://…/oai/request`); keys of a request in it (`verb=`) are
    dropped, others stay. Options: `set`, the `setSpec` of a part of the repository, such as its data sets;
    `metadata_prefix`, where another format is wanted than the best by `ListMetadataFormats`: ISO 19115, else
    Dublin Core (`oai_dc`), which every repository has and which is taken where the question fails.

    Each list names the next by its `resumptionToken`, which is then the only argument beside the verb; an
    empty token or none is the end. Tokens expire: at the first `badResumptionToken` the reading begins anew
    (once), and records read before are told from new ones. `noRecordsMatch` is an answer: nothing is there.
    Where a repository is busy (503), its Retry-After is waited for as long as `run_budget` lasts.

    Deleted records come as headers only: they are left out, and so missing from what is there. The whole
    repository (or set) is read every time, without `from`, as repositories need not remember deletions.
    A record's identifier is that of its header; its date stamp orders doubles, but is no change of content.

    Complete: every list answered with status 200 and whole XML, no token or list came twice, and at least
    `completeListSize` records and deleted headers came, where the first list says it.
    Source: The Open Archives Initiative Protocol for Metadata Harvesting 2.0, sections 2.5, 3.1.2, 3.5, 4.5.
    """

    type: ClassVar[str] = "oai-pmh"
    detection_rank: ClassVar[int] = 65
    any_status: ClassVar[bool] = True

    @classmethod
    def recognise(cls, answer: Answered) -> Finding | None:
        """Any answer of the protocol."""
        return find_oai(answer)

    @classmethod
    def probes(cls, first: Answered) -> Iterable[Probe]:
        """What the repository says of itself: at the address, if it looks like one's, else at the usual
        places below the root."""
        parts = urlsplit(first.url)
        likely = "oai" in parts.path.lower() or "verb=" in parts.query
        places = [first.url] if likely else [root_of(first.url) + place for place in PLACES]
        for place in places:
            yield Probe(request_url(place, "Identify"), find_oai, likely)

    def __init__(self, run: FetchRun, **kwargs: Any) -> None:
        super().__init__(run, **kwargs)
        self._prefix = str(self.portal.options.get("metadata_prefix") or "")
        self._pages = 0
        self._restarts = 0
        self._size: int | None = None
        self._deleted: set[str] = set()
        self._names: set[str] = set()
        self._unnamed = 0
        self._named = 0
        """Records with a name, doubles within a list among them: `completeListSize` counts those, too."""
        self._tokens: set[str] = set()
        self._new: set[int] = set()
        self._read: set[int] = set()
        """Records of earlier lists by id and digest: read again they are the same record, not another."""

    def first_requests(self) -> Iterator[Request]:
        """What formats there are, or the first list in the one that the entry names."""
        if self._prefix:
            yield self._begin()
        else:
            yield self.ask(request_url(self.portal.url, "ListMetadataFormats"), formats=True)

    def read(self, response: Response) -> Iterator[Request]:
        """Take the best format; then spool one list after the other and ask for the next."""
        if response.meta.get("formats"):
            self._prefix = best_format(self.body(response), response.url)
            yield self._begin()
            return
        if response.status != 200:
            raise FetchError("http-status", self._status_message(response))
        try:
            page = read_list(self.body(response), response.url)
        except OaiError as error:
            if error.code == "noRecordsMatch" and not self._pages:
                self.run.complete()
            elif error.code == "badResumptionToken" and self._pages and not self._restarts:
                self._restarts += 1
                self._tokens.clear()
                self._unnamed = 0
                yield self._begin()
            else:
                raise
            return
        self._take(page)
        if not page.token:
            self._finish()
        elif page.token in self._tokens:
            raise FetchError(
                "page-repeated", f"list {self._pages} names itself or an earlier one as the next"
            )
        elif self._pages >= self.portal.max_pages:
            raise FetchError("too-many-pages", f"max_pages = {self.portal.max_pages:,} is reached")
        else:
            self._tokens.add(page.token)
            yield self.ask(request_url(self.portal.url, "ListRecords", resumptionToken=page.token))

    def trouble(self, url: str, slug: str, message: str) -> None:
        """A list that came to nothing. After the first list that is a missing page, whatever the reason."""
        self.run.page_failed(url, slug, message)
        if self._pages and slug not in _OWN_SLUGS:
            slug, message = "page-missing", f"list {self._pages + 1} is missing ({slug}: {message})"
        self.run.incomplete(slug, message)

    def _begin(self) -> Request:
        keys = {"metadataPrefix": self._prefix}
        if part := self.portal.options.get("set"):
            keys["set"] = str(part)
        return self.ask(request_url(self.portal.url, "ListRecords", **keys))

    def _take(self, page: ListPage) -> None:
        self._pages += 1
        if page.size is not None and self._size is None:
            self.run.declared_total = self._size = page.size
        before = len(self._names) + len(self._deleted) + self._unnamed
        for schema, element in page.records:
            self._put(schema, element)
        self._read |= self._new
        self._new.clear()
        self._deleted.update(page.deleted)
        came = bool(page.records or page.deleted)
        if came and not self._restarts and before == len(self._names) + len(self._deleted) + self._unnamed:
            raise FetchError("page-repeated", f"list {self._pages} brings only what came before")

    def _put(self, schema: str, element: Element) -> None:
        record = source_record(self.portal.id, schema, element, None)
        if record.identifier is None:
            self._unnamed += 1
        else:
            read = hash((record.identifier, record.digest))
            if read in self._read:
                return
            self._new.add(read)
            self._named += 1
            self._names.add(record.identifier)
            keys = {"metadataPrefix": self._prefix, "identifier": record.identifier}
            record.url = request_url(self.portal.url, "GetRecord", **keys)
        self.run.put(record)

    def _finish(self) -> None:
        came = self._named + len(self._deleted - self._names) + self._unnamed
        if self._deleted:
            self.logger.warning("%d records are marked as deleted", len(self._deleted))
        if self._size is not None and came < self._size:
            raise FetchError("total-not-reached", f"{came:,} of {self._size:,} declared records came")
        self.run.complete()
