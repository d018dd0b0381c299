"""Writing a response's body to disk as it arrives: constant memory whatever the size."""

import errno
from collections.abc import Callable
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.protocol import Protocol, connectionDone
from twisted.python.failure import Failure
from twisted.web.client import ResponseDone
from twisted.web.http import PotentialDataLoss

from harvesters.fetch_error import FetchError
from harvesters.header_cap import trailers_too_long


class BodyFile(Protocol):
    """Receives one body. `done` fires with True when HTTP's own framing says the body is whole (or has no
    framing to say so), with False when the connection broke first; it fails with FetchError.

    `limit` bytes may come, `announced` is the Content-Length (0: none). `prefix` bytes are enough where it
    is given: the rest is not waited for. `received` is called with the size of every piece.
    """

    def __init__(
        self, path: Path, limit: int, received: Callable[[int], None], announced: int = 0, prefix: int = 0
    ) -> None:
        self.done: Deferred[bool] = Deferred()
        self.size = 0
        self._file = path.open("wb")
        self._limit = limit
        self._received = received
        self._announced = announced
        self._prefix = prefix

    def connectionMade(self) -> None:  # noqa: N802 - Twisted's interface
        if self._announced > self._limit and not self._prefix:
            message = f"the answer announces {self._announced:,} bytes, more than {self._limit:,}"
            self.abort(FetchError("too-large", message))

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's interface
        if self.done.called:
            return
        self.size += len(data)
        self._received(len(data))
        if self.size > self._limit:
            self.abort(FetchError("too-large", f"the answer has more than {self._limit:,} bytes"))
            return
        try:
            self._file.write(data)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            self.abort(FetchError("disk-full", f"the disk is full after {self.size:,} bytes"))
            return
        if self._prefix and self.size >= self._prefix:
            self._finish(True)
            self._drop()

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: N802 - Twisted's interface
        if self.done.called:
            return
        error = trailers_too_long(reason.value)
        if error is not None:
            self.abort(error)
        else:
            self._finish(isinstance(reason.value, (ResponseDone, PotentialDataLoss)))

    def abort(self, error: FetchError) -> None:
        """Give up now, for this reason."""
        if self.done.called:
            return
        self._file.close()
        self._drop()
        self.done.errback(error)

    def _finish(self, whole: bool) -> None:
        self._file.close()
        self.done.callback(whole)

    def _drop(self) -> None:
        transport: Any = self.transport
        abort = getattr(getattr(transport, "_producer", transport), "abortConnection", None)
        if abort is not None:
            abort()
