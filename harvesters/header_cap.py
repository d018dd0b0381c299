"""HTTP's client side that takes no more headers than any portal needs.

Twisted reads headers as long as they come and keeps them all: 50 MB of them, a million, or answers "102
Processing" without end. What it does bound, one line (16 KB) and the trailers behind a chunked body (64 KB),
it reports as a connection that broke.
"""

from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IAddress
from twisted.internet.protocol import Factory
from twisted.logger import Logger, LogPublisher
from twisted.python.failure import Failure
from twisted.web._newclient import BODY, HTTP11ClientProtocol, HTTPClientParser
from twisted.web.client import HTTPConnectionPool
from twisted.web.http import _MalformedChunkedDataError

from harvesters.fetch_error import FetchError

MOST = 256 * 1024
"""Bytes of status lines and headers before an answer's body, those of interim answers included. Browsers give
up there, too; servers send some thousand."""
LINE = HTTPClientParser.MAX_LENGTH
_UNHEARD = Logger("harvesters.interim", observer=LogPublisher())  # type: ignore[arg-type]  # zope
"""Twisted logs each interim answer: ten thousand of them would be a megabyte for each request."""


class CappedClient(HTTP11ClientProtocol):
    """One connection. A request fails with FetchError `headers-too-large` where its answer does not get to
    the body within `MOST` bytes or has a line of more than `LINE`, and the connection ends at once.
    """

    _before_the_body = 0

    def request(self, request: Any) -> Deferred[Any]:
        """Send one request; its answer's headers are counted anew."""
        self._before_the_body = 0
        answered = super().request(request)
        parser: Any = self._parser
        if parser is not None:
            parser.lineLengthExceeded = self._line_too_long
            parser._log = _UNHEARD
        return answered

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's interface
        self._before_the_body += len(data)
        super().dataReceived(data)  # type: ignore[no-untyped-call]  # Twisted
        parser: Any = self._parser
        if parser is not None and parser.state != BODY and self._before_the_body > MOST:
            self._refuse(f"the answer has more than {MOST:,} bytes of headers")

    def _line_too_long(self, line: bytes) -> None:
        self._refuse(f"the answer has a header of more than {LINE:,} bytes")

    def _refuse(self, message: str) -> None:
        transport: Any = self.transport
        transport.abortConnection()  # closing politely would mean to go on listening
        reason = Failure(FetchError("headers-too-large", message))  # type: ignore[no-untyped-call]
        self._disconnectParser(reason)  # type: ignore[no-untyped-call]


class _CappedClients(Factory):
    noisy = False

    def __init__(self, quiescent: Any, metadata: object) -> None:
        self._quiescent = quiescent

    def buildProtocol(self, addr: IAddress | None) -> CappedClient:  # noqa: N802 - Twisted's interface
        return CappedClient(self._quiescent)  # type: ignore[no-untyped-call]  # Twisted


class CappedPool(HTTPConnectionPool):
    """Connections that are kept for the next request, each a CappedClient."""

    _factory: Any = _CappedClients


def trailers_too_long(error: Any) -> FetchError | None:
    """The FetchError for a body that Twisted gave up for what came behind its last chunk."""
    for reason in getattr(error, "reasons", ()):
        if isinstance(reason.value, _MalformedChunkedDataError) and "Trailer" in str(reason.value):
            return FetchError("headers-too-large", "the answer has more than 65,536 bytes of trailers")
    return None
