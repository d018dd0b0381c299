"""One client's connection: how long it may be slow, how many there may be, what garbage is answered.

A client that opens connections and sends a byte a second, never takes its answer, or sends what is no HTTP
costs a socket for a while and nothing else: a thread begins with a whole request, and beyond `CONNECTIONS`
those go first that wait for their own client.
"""

import sys
from asyncio import TimerHandle
from http import HTTPStatus

import h11
import orjson
from uvicorn.protocols.http.h11_impl import H11Protocol

from search_api.bounds import TOO_LARGE
from search_api.security import EVERYWHERE

CONNECTIONS = 800
"""Of one process at the same time. The usual limit of open files is 1,024, and the index and the store need
some of them."""
REQUEST_SECONDS = 20.0
"""Until a request has come whole, line and headers; and for the rest of a body nobody reads."""
TAKING_SECONDS = 300.0
"""Until a client that stopped taking its answer takes more of it."""
LAST_SECONDS = 1.0
"""For a request that is on its way when the server is told to end."""
IDLE_SECONDS = 75
"""Between two requests: longer than proxies keep an idle connection, so that none is closed under a request
they have just sent."""

MALFORMED = "This is no HTTP request that the hub can read. It answers HTTP/1.1 over this port."


class Connection(H11Protocol):
    """uvicorn's connection with limits on the client's patience with us."""

    _coming: TimerHandle | None = None
    _taking: TimerHandle | None = None
    _waits_since: float = 0.0
    _ends: bool = False

    def connection_made(self, transport) -> None:  # type: ignore[no-untyped-def]
        """A new client; when there are too many, the one that kept us waiting longest has to go."""
        super().connection_made(transport)
        self._wait_for_a_request()
        if len(self.connections) > CONNECTIONS:
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone, and so is every patience with it."""
        _stop(self._coming)
        self._coming = None
        _stop(self._taking)
        self._taking = None
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Some bytes. Only a whole request ends the waiting for it."""
        super().data_received(data)
        if self._ends and self.is_answering:
            self._ends = False  # said once: more of this request may follow
            self.cycle.default_headers = [*self.cycle.default_headers, (b"connection", b"close")]
        self._heed()

    def on_response_complete(self) -> None:
        """An answer is out; the next request may be there already."""
        super().on_response_complete()
        self._waits_since = self.loop.time()
        if self.is_answering:
            self._heed()

    def shutdown(self) -> None:
        """The server ends, and takes no new clients. One that has come, or is between two requests, may have
        sent one that is not read yet: it gets its answer, as the last."""
        if self.is_answering:
            super().shutdown()
            return
        self._ends = True
        self.loop.call_later(LAST_SECONDS, self._close_unless_answering)

    def pause_writing(self) -> None:
        """The client takes its answer more slowly than it is made."""
        super().pause_writing()
        self._waits_since = self.loop.time()
        self._taking = self.loop.call_later(TAKING_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """It has taken some more."""
        super().resume_writing()
        _stop(self._taking)
        self._taking = None

    def send_400_response(self, msg: str) -> None:
        """What is no request gets an answer all the same, with the headers of every answer."""
        if self.conn.our_state not in {h11.IDLE, h11.SEND_RESPONSE}:
            self.transport.abort()  # in the middle of another answer there is no saying anything
            return
        if self.is_answering:
            self.cycle.disconnected = True
        status = 431 if getattr(sys.exception(), "error_status_hint", 400) == 431 else 400
        detail = TOO_LARGE if status == 431 else MALFORMED
        body = orjson.dumps({"detail": detail})
        headers = {
            **EVERYWHERE,
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            "Connection": "close",
        }
        answer = h11.Response(
            status_code=status,
            headers=[(name.encode(), value.encode()) for name, value in headers.items()],
            reason=HTTPStatus(status).phrase.encode(),
        )
        for event in (answer, h11.Data(data=body), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    @property
    def is_answering(self) -> bool:
        """A whole request is there and its answer is not out yet."""
        return self.cycle is not None and not self.cycle.response_complete

    @property
    def waits_for_its_client(self) -> bool:
        """Nothing goes on here but waiting for what the client should send or take."""
        return not self.is_answering or self.flow.write_paused

    def _should_upgrade(self) -> bool:
        return False  # there is nothing else to speak here; the request is answered as it stands

    def _close_unless_answering(self) -> None:
        if not self.is_answering:
            self.transport.close()

    def _heed(self) -> None:
        """Count the time while a request comes, and only then."""
        if self.is_answering:
            _stop(self._coming)
            self._coming = None
        elif self._coming is None and not self.transport.is_closing():
            self._wait_for_a_request()

    def _wait_for_a_request(self) -> None:
        self._waits_since = self.loop.time()
        self._coming = self.loop.call_later(REQUEST_SECONDS, self.transport.close)

    def _make_room(self) -> None:
        others = (one for one in self.connections if isinstance(one, Connection))
        # This one waits, too, as it has sent nothing yet: where all others are being answered, it goes.
        waiting = [one for one in others if one.waits_for_its_client]
        longest = min(waiting, key=lambda one: one._waits_since)
        self.connections.discard(longest)
        longest.transport.abort()


def _stop(timer: TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()
