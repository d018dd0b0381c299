"""Many runs in one process: the product's own spiders, middlewares, handler and guard, one crawler a run.

    python -m tests.egress.batch < jobs.json

A fetching child carries out one run; starting hundreds of them takes minutes. The system's resolver is
played: names of `names` lead where it says, every other name nowhere, numbers and localhost as ever.
"""

import json
import socket
import sys
from pathlib import Path
from typing import Any

import msgspec
from scrapy.crawler import Crawler, CrawlerProcess
from scrapy.settings import Settings
from scrapy.utils.reactor import install_reactor
from twisted.internet.defer import Deferred, DeferredList

from harvesters.detect_spider import DetectSpider
from harvesters.portal import Portal
from harvesters.registry import HARVESTERS, spider_class
from harvesters.run import FetchRun
from harvesters.settings import scrapy_settings
from harvesters.spool import SpoolWriter

AGENT = "hubsearch-tests/1"
LANES = 24
"""Runs under way at a time."""


def play(names: dict[str, list[list[str]]]) -> None:
    """Play the resolver from now on: each look-up of a name takes its next list, the last one for ever."""
    real = socket.getaddrinfo

    def getaddrinfo(host: Any, port: Any, *rest: Any, **named: Any) -> list[Any]:
        name = (host.decode() if isinstance(host, bytes) else str(host)).lower().rstrip(".")
        if name in names:
            left = names[name]
            numbers = left.pop(0) if len(left) > 1 else left[0]
            return [found for number in numbers for found in real(number, port, *rest, **named)]
        if name != "localhost":
            named["flags"] = named.get("flags", 0) | socket.AI_NUMERICHOST
        return real(host, port, *rest, **named)

    socket.getaddrinfo = getaddrinfo


class Batch:
    """The runs of one process, some at a time."""

    def __init__(self, portals: list[Portal], work: Path) -> None:
        self._waiting = list(enumerate(portals))
        self._work = work
        install_reactor(Settings()["TWISTED_REACTOR"])
        self._process = CrawlerProcess({"LOG_LEVEL": "ERROR", "LOG_VERSIONS": []})
        self.outcomes: dict[int, dict[str, Any]] = {}

    def run(self) -> None:
        everything = DeferredList([Deferred.fromCoroutine(self._lane()) for _ in range(LANES)])
        from twisted.internet import reactor

        everything.addBoth(lambda _: reactor.callLater(0, reactor.stop))  # type: ignore[attr-defined]
        self._process.start(stop_after_crawl=False, install_signal_handlers=False)

    async def _lane(self) -> None:
        while self._waiting:
            number, portal = self._waiting.pop()
            work = self._work / str(number)
            work.mkdir()
            with SpoolWriter(work / "run.spool") as spool:
                run = FetchRun(portal, AGENT, spool, work)
                spider = spider_class(portal.type) if portal.type in HARVESTERS else DetectSpider
                settings = Settings({**scrapy_settings(portal, AGENT), "LOG_LEVEL": "ERROR"})
                crawler = Crawler(spider, settings)
                await self._process.crawl(crawler, run=run)
                self.outcomes[number] = _outcome(run, crawler.spider)


def _outcome(run: FetchRun, spider: Any) -> dict[str, Any]:
    said = run.statement()
    slug = said.slug
    if isinstance(spider, DetectSpider):  # it says what it saw instead of giving a verdict
        slug = "found" if spider.found else "nothing-found"
    return {
        "complete": said.complete,
        "slug": slug,
        "reason": said.reason,
        "requests": said.requests,
        "records": said.records,
        "failures": [failure.message for failure in said.failures],
        "seen": getattr(spider, "seen", []),
    }


def main() -> None:
    given = json.load(sys.stdin)
    play(given["names"])
    batch = Batch(msgspec.convert(given["portals"], list[Portal]), Path(given["work"]))
    batch.run()
    json.dump([batch.outcomes[number] for number in sorted(batch.outcomes)], sys.stdout)


if __name__ == "__main__":
    main()
