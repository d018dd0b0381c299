"""What every harvester has in common: asking, reading from the stored body, and a verdict at the end.

A new type is a module in `harvesters.types` with one subclass: `type`, `first_requests` and `read`, and what
it is recognised by (`recognise`, `probes`, `hint`); its class docstring is its manual.
"""

import os
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import scrapy
from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from harvesters.conditional import is_not_modified, validators_of
from harvesters.credentials import auth_headers
from harvesters.detection import Answered, Finding, Probe
from harvesters.fetch_error import FetchError
from harvesters.inflate import BodyError, body_chunks
from harvesters.json_faults import JsonStreamError
from harvesters.local_files import is_path, keep_copy, located
from harvesters.run import FetchRun
from harvesters.unicode_body import as_utf8

SHOWN = 200
"""Characters of a portal's own error text repeated in a reason."""


class PortalSpider(scrapy.Spider, ABC):
    """Fetches one portal. `run` is shared with the handler and the middlewares.

    `many_requests` says whether a run asks often enough for a Crawl-delay to matter, `any_status` whether
    `read` takes answers of other statuses than 200 as well, `one_document` whether all there is comes in the
    answer to the first request, which then is asked for only if it has changed; `obeys_robots` whether
    robots.txt holds wholly, whatever the entry says: what is asked is no documented endpoint.
    Where the type of an address is to be found out, types are asked in the order of `detection_rank`: a small
    one is certain and common, a large one takes what others would have recognised.
    """

    name = "portal"
    type: ClassVar[str]
    many_requests: ClassVar[bool] = True
    any_status: ClassVar[bool] = False
    one_document: ClassVar[bool] = False
    obeys_robots: ClassVar[bool] = False
    detection_rank: ClassVar[int] = 50

    def __init__(self, run: FetchRun, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.run = run
        self.portal = run.portal
        self._auth: dict[str, str] = {}

    @classmethod
    def recognise(cls, answer: Answered) -> Finding | None:
        """What the operator's address itself is, by its answer; None if it is no portal of this type."""
        return None

    @classmethod
    def recognise_folder(cls, path: Path, name: str) -> Finding | None:
        """What a folder on disk is, by its files, for types that read one."""
        return None

    @classmethod
    def probes(cls, first: Answered) -> Iterable[Probe]:
        """What to ask beyond the address itself, cheaply, seen from the address's answer."""
        return ()

    @classmethod
    def hint(cls, answer: Answered) -> Finding | None:
        """A sign in any answer that counts if nothing better is found."""
        return None

    def asks_often(self) -> bool:
        """Whether this run asks often enough for a Crawl-delay to matter."""
        return self.many_requests

    async def start(self) -> AsyncIterator[Request]:
        """Scrapy's entry: the first requests, or the reason why there are none."""
        try:
            if is_path(self.portal.url):
                self.read_disk(located(self.portal))
                return
            self._auth = auth_headers(self.portal, os.environ)
            for request in self.first_requests():
                yield request
        except FetchError as error:
            self.run.incomplete(error.slug, error.message)

    @abstractmethod
    def first_requests(self) -> Iterator[Request]:
        """What to ask first. Raises FetchError `bad-option` for an entry that cannot be."""

    @abstractmethod
    def read(self, response: Response) -> Iterator[Request]:
        """Spool the records of an answer (with status 200) and yield what to ask next, or give the verdict.

        Raises:
            FetchError, BodyError, JsonStreamError: what `trouble` then decides on.
        """

    def read_disk(self, path: Path) -> None:
        """Read what the entry's path leads to, asking nothing: a file, as the answer a server would give.

        Raises FetchError: as `keep_copy`, and `bad-option` for a folder where the type reads a file.
        """
        if path.is_dir():
            raise FetchError("bad-option", f"{self.portal.url} is a folder; a {self.type} is a file")
        for request in self.answered(self.stored(path, self.portal.url, self.portal.max_bytes)):
            raise FetchError("bad-option", f"{request.url} is an address, and this portal is read from disk")

    def stored(self, path: Path, name: str, limit: int) -> Response:
        """A file as an answer, 304 where it is the one last landed."""
        copy, tag = keep_copy(self.run, path, name, limit)
        known = self.run.known
        same = bool(tag) and known is not None and (known.url, known.etag) == (name, tag)
        meta = {"body_path": copy, "asked_if_changed": same}
        # Scrapy wants a whole address; this one leads nowhere and nobody asks it
        request = Request("about:blank", meta=meta)
        headers = {"ETag": tag} if tag else {}
        return Response(name, status=304 if same else 200, headers=headers, request=request)

    def trouble(self, url: str, slug: str, message: str) -> None:
        """A request or an answer that came to nothing: by default the run is incomplete for that reason."""
        self.run.page_failed(url, slug, message)
        self.run.incomplete(slug, message)

    def ask(self, url: str, **meta: Any) -> Request:
        """A request whose answer goes to `read`."""
        meta.setdefault("credentials", tuple(self._auth))
        meta.setdefault("if_changed", self.one_document)
        return Request(
            url,
            headers=self._auth,
            callback=self.answered,
            errback=self.unanswered,
            dont_filter=True,
            meta=meta,
        )

    def answered(self, response: Response) -> Iterator[Request]:
        """Scrapy's callback: any status, the body on disk."""
        try:
            if is_not_modified(response):
                self.run.not_modified()
                return
            if response.status != 200 and not self.any_status:
                raise FetchError("http-status", self._status_message(response))
            yield from self.read(response)
            if self.one_document:
                self.run.validators = validators_of(response)
        except (FetchError, BodyError, JsonStreamError) as error:
            self.trouble(response.url, error.slug, error.message)
        finally:
            body_path(response).unlink(missing_ok=True)

    def unanswered(self, failure: Failure) -> Iterator[Request] | None:
        """Scrapy's errback. What is no FetchError is a mistake of ours: its name is the run's last word."""
        error: Any = failure.value
        if not isinstance(error, FetchError):
            self.logger.error("a request failed in a way nobody thought of", exc_info=error)
            self.run.crashed(error)
            return None
        url: str = getattr(failure, "request").url  # noqa: B009 - Scrapy adds it
        self.trouble(url, error.slug, f"{url}: {error.message}")
        return None

    def body(self, response: Response) -> Iterator[bytes]:
        """The decoded bytes of an answer, in UTF-8 as far as it is Unicode.

        Raises:
            BodyError: also `cut`, after the last byte, when the connection broke before the body was whole.
        """
        coding = (response.headers.get("Content-Encoding") or b"").decode("latin-1")
        chunks = as_utf8(body_chunks(body_path(response), coding, self.portal.max_bytes))
        yield from chunks
        if "cut" in response.flags:
            raise BodyError("cut", "the connection ended before the answer was whole")

    def _status_message(self, response: Response) -> str:
        said = " ".join(self.beginning(response, 2_000).decode("utf-8", "replace").split())
        tail = f": {said[:SHOWN]}" if said and not said.startswith("<") else ""
        return f"{response.url} answers {response.status}{tail}"

    def beginning(self, response: Response, size: int) -> bytes:
        """The first bytes of an answer, as far as they can be decoded."""
        try:
            return next(self.body(response), b"")[:size]
        except BodyError:
            return b""


def body_path(response: Response) -> Path:
    """Where the handler stored the body."""
    path: Path = response.meta["body_path"]
    return path
