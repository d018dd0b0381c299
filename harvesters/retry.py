"""Asking again, later and later, as long as the run's budget allows it.

Scrapy asks again at once and does not read Retry-After.
"""

import time
from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from harvesters.fetch_error import FetchError
from harvesters.http_date import http_date
from harvesters.pause import pause
from harvesters.run import FetchRun

RETRIES = 3
"""Times a request is repeated: 1, 2 and 4 s after the failures (a portal of one's own: 0.1, 0.2, 0.4 s)."""
STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})
FAILURES = frozenset({"unreachable", "timeout"})


class PatientRetry:
    """A downloader middleware: repeats what may well succeed the next time.

    Temporary statuses, connections that break or never answer, bodies cut off by the connection. When the
    tries are used up, or the wait would outlast the budget, the last answer goes through as it is.
    """

    def __init__(self, run: FetchRun) -> None:
        self._run = run
        self._first_wait = 0.1 if run.portal.allow_private else 1.0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "PatientRetry":
        """As Scrapy makes middlewares."""
        spider: Any = crawler.spider
        return cls(spider.run)

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        """Repeat after a temporary status or a cut body."""
        if response.status in STATUSES or "cut" in response.flags:
            asked_for = retry_after(response.headers.get("Retry-After"), time.time())
            return await self._again(request, asked_for) or response
        return response

    async def process_exception(self, request: Request, exception: Exception) -> Request | None:
        """Repeat after a connection's failure."""
        if isinstance(exception, FetchError) and exception.slug in FAILURES:
            return await self._again(request, 0)
        return None

    async def _again(self, request: Request, asked_for: float) -> Request | None:
        tries = request.meta.get("tries", 0)
        wait = max(asked_for, self._first_wait * 2**tries)
        if tries >= request.meta.get("retries", RETRIES) or wait >= self._run.remaining():
            self._run.asked_to_wait = max(self._run.asked_to_wait, asked_for)
            return None
        await pause(wait)
        # Before all others, so that whether a page has failed is known before the next one is asked for.
        again = {**request.meta, "tries": tries + 1}
        return request.replace(dont_filter=True, meta=again, priority=request.priority + 1)


def retry_after(header: bytes | None, now: float) -> float:
    """Seconds a server asks to wait, as a number or a date (RFC 9110, section 10.2.3); 0 if it does not."""
    text = (header or b"").decode("latin-1").strip()
    if text.isdecimal() and len(text) < 10:
        return float(text)
    moment = http_date(text)
    return max(0.0, moment.timestamp() - now) if moment else 0.0
