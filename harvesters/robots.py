"""robots.txt, as far as the entry's `robots` goes.

`api` (the default of API and feed types): documented machine endpoints are asked even where a stock
robots.txt disallows their path (CKAN ships `Disallow: /api/`); its Crawl-delay is honoured.
`obey`: everything it says holds, and where it cannot be had nothing is asked (RFC 9309, section 2.3.1).
"""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http.request import NO_CALLBACK

from harvesters.fetch_error import FetchError
from harvesters.inflate import BodyError, body_chunks
from harvesters.pause import pause
from harvesters.robots_text import SIZE, concerning
from harvesters.run import FetchRun


@dataclass(slots=True)
class _Rules:
    """One host's robots.txt; `asked` is when the host was last asked for anything (monotonic seconds)."""

    parser: Protego | None = None
    trouble: str = ""
    asked: float = 0.0


class RobotsGate:
    """A downloader middleware that lets a request pass, late or not at all.

    Raises:
        FetchError: `robots-disallowed`, `robots-unavailable`, `crawl-delay` (it outlasts the budget).
    """

    def __init__(self, crawler: Crawler) -> None:
        spider: Any = crawler.spider
        self._crawler = crawler
        self._run: FetchRun = spider.run
        self._strict = self._run.portal.robots == "obey" or spider.obeys_robots
        self._wanted = self._strict or spider.asks_often()
        self._hosts: dict[str, _Rules] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "RobotsGate":
        """As Scrapy makes middlewares."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Return when the request may be sent."""
        if not self._wanted or request.meta.get("robots_txt"):
            return
        parts = urlsplit(request.url)
        host = f"{parts.scheme}://{parts.netloc}"
        rules = self._hosts.get(host)
        if rules is None:
            rules = self._hosts[host] = await self._read(host)
        if self._strict:
            self._judge(rules, request.url)
        await self._delay(rules, request)

    def _judge(self, rules: _Rules, url: str) -> None:
        if rules.trouble:
            raise FetchError("robots-unavailable", rules.trouble)
        if rules.parser is not None and not rules.parser.can_fetch(url, self._run.user_agent):
            raise FetchError("robots-disallowed", f"robots.txt does not allow {url}")

    async def _delay(self, rules: _Rules, request: Request) -> None:
        stated = rules.parser.crawl_delay(self._run.user_agent) if rules.parser else None
        delay = stated or 0.0
        wait = rules.asked + delay - time.monotonic()
        if wait > self._run.remaining():
            raise FetchError(
                "crawl-delay", f"robots.txt asks for {delay:g} s between requests, over the run's budget"
            )
        request.meta["crawl_delay"] = delay
        if delay and wait > 0:
            await pause(wait)
        rules.asked = time.monotonic()

    async def _read(self, host: str) -> _Rules:
        url = f"{host}/robots.txt"
        request = Request(
            url,
            callback=NO_CALLBACK,
            dont_filter=True,
            meta={"robots_txt": True, "prefix": SIZE, "retries": 1},
        )
        try:
            response = await self._crawler.engine.download_async(request)
        except FetchError as error:
            return _Rules(trouble=f"{url}: {error.message}")
        path: Path | None = response.meta.get("body_path")
        text = _text(path, response.headers.get("Content-Encoding")) if path else ""
        if response.status >= 500:
            return _Rules(trouble=f"{url} answers {response.status}")
        if response.status != 200:
            return _Rules()
        parser = Protego.parse(concerning(text, self._run.user_agent))
        self._run.sitemaps[host] = list(parser.sitemaps)
        return _Rules(parser=parser, asked=time.monotonic())


def _text(path: Path, coding: bytes | None) -> str:
    """The beginning, as far as it can be had: the rules of a long file hold as far as they are read."""
    text = b""
    try:
        for chunk in body_chunks(path, (coding or b"").decode("latin-1")):
            text += chunk
            if len(text) >= SIZE:
                break
    except BodyError:
        pass  # cut where we stopped, or by the server
    finally:
        path.unlink(missing_ok=True)
    return text[:SIZE].decode("utf-8", "replace")
