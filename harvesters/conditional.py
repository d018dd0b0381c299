"""Asking only for what has changed: a document that is still the one last landed costs one small answer.

The validators go along to the very address they came from, wherever redirects lead by then; a 304 is believed
only in answer to a request that carried them.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from harvesters.http_date import http_date
from harvesters.run import FetchRun
from mappings.source_record import Validators

LONGEST = 1_024
"""Characters of a validator that are kept and sent back."""
_ETAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e]*"')
"""RFC 9110, section 8.8.3, without its 8-bit characters. An ETag without quotes is none: `*` would match
whatever the document becomes."""
_HEADERS = ("If-None-Match", "If-Modified-Since")


class OnlyIfChanged:
    """A downloader middleware, the last before the network: it sees every hop.

    `request.meta["if_changed"]` marks the requests it is for, `request.meta["asked_if_changed"]` those that
    carried validators.
    """

    def __init__(self, run: FetchRun) -> None:
        self._run = run

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "OnlyIfChanged":
        """As Scrapy makes middlewares."""
        spider: Any = crawler.spider
        return cls(spider.run)

    def process_request(self, request: Request) -> None:
        """Add the validators where they belong, and take off what an earlier hop was sent."""
        for name in _HEADERS:
            request.headers.pop(name, None)
        known = self._run.known
        wanted = bool(request.meta.get("if_changed")) and known is not None and known.url == request.url
        request.meta["asked_if_changed"] = wanted
        if known is not None and wanted:
            request.headers.update(_conditions(known))


def is_not_modified(response: Response) -> bool:
    """Whether the portal says, asked for it, that its document is the one we know."""
    return response.status == 304 and bool(response.meta.get("asked_if_changed"))


def validators_of(response: Response) -> Validators | None:
    """What an answer can be asked for again with; None where it sent nothing that may be relied on."""
    headers = {
        name: (response.headers.get(name) or b"").decode("latin-1").strip()
        for name in ("ETag", "Last-Modified", "Date")
    }
    etag = headers["ETag"] if _ETAG.fullmatch(headers["ETag"]) else None
    last_modified = _settled(headers)
    if etag is not None and len(etag) > LONGEST:
        etag = None
    if (etag is None and last_modified is None) or len(response.url) > LONGEST:
        return None
    return Validators(response.url, etag, last_modified)


def _conditions(known: Validators) -> dict[str, str]:
    """Both, where there are both (RFC 9111, section 4.3.1)."""
    stated = zip(_HEADERS, (known.etag, known.last_modified), strict=True)
    return {name: value for name, value in stated if value}


def _settled(headers: Mapping[str, str]) -> str | None:
    """Last-Modified, if the document cannot have changed again in that same second (RFC 9110, section
    8.8.2.2): a date made up for every answer is never older than the answer."""
    text = headers["Last-Modified"]
    changed = http_date(text)
    if changed is None or not (text.isascii() and text.isprintable()):
        return None
    answered = http_date(headers["Date"]) or datetime.now(UTC)
    return text if answered - changed >= timedelta(seconds=1) else None
