"""A host that fails again and again is left alone for the rest of the run.

Without it a dead portal of many pages spends its whole budget on retries, and its hub's patience with it.
"""

from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from harvesters.egress import origin
from harvesters.fetch_error import FetchError
from harvesters.retry import FAILURES, STATUSES

IN_A_ROW = 5
"""Requests of a host that have failed for good, each after its retries."""


class CircuitBreaker:
    """A downloader middleware before the retries: it sees what came of them.

    Raises:
        FetchError: `circuit-open`.
    """

    def __init__(self) -> None:
        self._failed: dict[str, int] = {}

    @classmethod
    def from_crawler(cls, _: Crawler) -> "CircuitBreaker":
        """As Scrapy makes middlewares."""
        return cls()

    def process_request(self, request: Request) -> None:
        """Let nothing through to a host that has failed too often."""
        host = _host(request)
        if self._failed.get(host, 0) >= IN_A_ROW:
            raise FetchError("circuit-open", f"{IN_A_ROW} requests in a row to {host} had failed")

    def process_response(self, request: Request, response: Response) -> Response:
        """Count. robots.txt is no page: many a good portal has a broken one."""
        if not request.meta.get("robots_txt"):
            broken = response.status in STATUSES or "cut" in response.flags
            self._count(request, failed=broken)
        return response

    def process_exception(self, request: Request, exception: Exception) -> Any:
        """Count; the failure goes on."""
        if isinstance(exception, FetchError) and exception.slug in FAILURES:
            self._count(request, failed=not request.meta.get("robots_txt"))

    def _count(self, request: Request, *, failed: bool) -> None:
        host = _host(request)
        self._failed[host] = self._failed.get(host, 0) + 1 if failed else 0


def _host(request: Request) -> str:
    _, host, port = origin(request.url)
    return f"{host}:{port}"
