"""The download handler: HTTP and HTTPS, each body streamed to a file, every address checked.

Scrapy's own handler keeps bodies in memory, accepts a gzip body cut to a matching length, does not verify
certificates and connects anywhere. The response handed on has an empty body; `request.meta["body_path"]`
names the file, and the flag `cut` says that the connection broke before the body was whole.
"""

import time
from io import BytesIO
from pathlib import Path
from typing import Any

from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Headers, Response
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.defer import Deferred
from twisted.web.client import Agent, FileBodyProducer
from twisted.web.http_headers import Headers as TwistedHeaders
from twisted.web.iweb import UNKNOWN_LENGTH

from harvesters.body_file import BodyFile
from harvesters.connect import GuardedEndpoints
from harvesters.failures import EXPECTED, explain
from harvesters.fetch_error import FetchError
from harvesters.header_cap import CappedPool
from harvesters.run import FetchRun
from harvesters.turns import HostTurns


class StreamingHandler(BaseDownloadHandler):
    """One per run. `request_timeout` bounds the wait for the headers and for each next byte, the run's
    deadline everything together.

    Raises:
        FetchError: `unreachable`, `tls`, `timeout`, `headers-too-large`, `too-large`, `disk-full`,
            `egress-refused`, `host-busy`, `deadline`.
    """

    lazy = False

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        from twisted.internet import reactor

        spider: Any = crawler.spider
        self._run: FetchRun = spider.run
        self._turns = HostTurns(self._run)
        self._reactor: Any = reactor
        make_pool: Any = CappedPool
        self._pool = make_pool(reactor, persistent=True)
        self._pool.maxPersistentPerHost = 1
        endpoints = GuardedEndpoints(reactor, self._run.egress, self._run.portal.request_timeout)
        build: Any = Agent.usingEndpointFactory
        self._agent = build(reactor, endpoints, self._pool)

    async def download_request(self, request: Request) -> Response:
        """Send one request; the response with its body on disk."""
        old: Path | None = request.meta.pop("body_path", None)
        if old is not None:
            old.unlink(missing_ok=True)
        async with self._turns.turn(request.url, request.meta.get("crawl_delay", 0.0)):
            self._run.count_request()
            return await maybe_deferred_to_future(Deferred.fromCoroutine(self._download(request)))

    async def close(self) -> None:
        """Close idle connections; the process ends anyway, so nobody waits for the peers."""
        self._pool.closeCachedConnections()

    async def _download(self, request: Request) -> Response:
        started = time.monotonic()
        try:
            answer = await self._send(request)
            request.meta["download_latency"] = time.monotonic() - started
            whole = await self._receive(request, answer)
        except EXPECTED as error:
            if self._run.remaining() <= 0:
                raise self._run.out_of_time() from error
            raise explain(error, self._run.portal.request_timeout) from error
        return Response(
            url=request.url,
            status=answer.code,
            headers=Headers(answer.headers.getAllRawHeaders()),
            flags=[] if whole else ["cut"],
        )

    async def _send(self, request: Request) -> Any:
        headers = TwistedHeaders(dict(request.headers.items()))
        url = request.url.partition("#")[0].encode("ascii")
        make_body: Any = FileBodyProducer
        body = make_body(BytesIO(request.body)) if request.body else None
        asked: Deferred[Any] = self._agent.request(request.method.encode("ascii"), url, headers, body)
        timer = self._reactor.callLater(self._patience(), asked.cancel)
        try:
            return await asked
        finally:
            if timer.active():
                timer.cancel()

    async def _receive(self, request: Request, answer: Any) -> bool:
        path = self._run.new_body_path()
        request.meta["body_path"] = path
        limit = self._run.portal.max_bytes
        if answer.length == 0:
            path.touch()
            return True

        def noticed(size: int) -> None:
            self._run.count_bytes(size)
            stalled.reset(max(0.0, min(self._run.portal.request_timeout, self._run.remaining())))

        announced = 0 if answer.length is UNKNOWN_LENGTH else answer.length
        body = BodyFile(path, limit, noticed, announced, request.meta.get("prefix", 0))
        stalled = self._reactor.callLater(self._patience(), self._stall, body)
        try:
            answer.deliverBody(body)
            return await body.done
        finally:
            if stalled.active():
                stalled.cancel()

    def _stall(self, body: BodyFile) -> None:
        seconds = self._run.portal.request_timeout
        if self._run.remaining() <= 0:
            body.abort(self._run.out_of_time())
        else:
            body.abort(FetchError("timeout", f"no byte for {seconds:g} s after {body.size:,} bytes"))

    def _patience(self) -> float:
        """Seconds to wait for the next sign of life."""
        remaining = self._run.remaining()
        if remaining <= 0:
            raise self._run.out_of_time()
        return min(self._run.portal.request_timeout, remaining)
