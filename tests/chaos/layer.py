"""The layer between a portal player and its client: what the player would send is caught, and a disturbance
decides what goes over the wire instead. The player never knows.
"""

import io
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler
from types import MethodType
from typing import Any

from tests.chaos.players import Change, Paging, Player
from tests.portals import Answer, LoopbackServer, Seen
from tests.portals.static import play

ROBOTS = "/robots.txt"


@dataclass(frozen=True)
class Wire:
    """Bytes for the socket as they are, without any HTTP of the server's; then the connection is closed,
    unless `stays`."""

    pieces: Iterable[bytes]
    stays: bool = False


@dataclass(frozen=True)
class Turn:
    """One request of a harvest, and what the player would answer it with.

    `page` numbers the different URLs in the order they were first asked, from 1; `tries` counts the requests
    for this very URL. `url` is the player's root, `canary` that of a server nobody may ask. `ask` gives the
    player's answer to another query at the same path.
    """

    seen: Seen
    reply: Answer
    page: int
    tries: int
    url: str
    canary: str
    player: Player
    ask: Callable[[dict[str, str]], Answer]

    @property
    def paging(self) -> Paging:
        """How the player is paged."""
        assert self.player.paging is not None, f"{self.player.type} does not page"
        return self.player.paging

    def query_at(self, place: int) -> dict[str, str]:
        """The query of this request, for what comes behind so many records of the good catalogue."""
        names = sorted(self.player.identifier(record) for record in self.player.records())
        return self.paging.at(self.seen.query, names, place)

    def records(self, change: Change) -> Answer:
        """The answer with other records in it."""
        return replace(self.reply, body=self.player.rewrite(self.reply.body, change))

    def document(self, change: Callable[[Any], Any]) -> Answer:
        """The answer with its JSON document changed."""
        return replace(self.reply, body=json.dumps(change(json.loads(self.reply.body))).encode())

    def body(self, change: Callable[[bytes], bytes], **headers: str) -> Answer:
        """The answer with its bytes changed; headers have `_` for `-`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(self.reply, body=change(self.reply.body), headers=self.reply.headers | named)


Disturb = Callable[[Turn], Answer | Wire]


def undisturbed(turn: Turn) -> Answer:
    """Fair weather. The tag never changes, so that a portal whose content does lies about that, too."""
    return replace(turn.reply, headers=turn.reply.headers | {"ETag": '"fair"'})


class Chaos:
    """Laid over a player's server. Every answer with status 200 passes `disturb`; what the player does not
    have stays as it answers it, but for /robots.txt where there is a `robots`. `turns` are the requests for
    the catalogue since `begin`.
    """

    def __init__(self, player: Player, server: LoopbackServer, canary: str) -> None:
        self._player = player
        self._server = server
        self._canary = canary
        self._lock = threading.Lock()
        self._plain = server.answer
        server.answer = MethodType(_through(self), server)  # type: ignore[method-assign]
        self.begin()

    def begin(
        self,
        disturb: Disturb = undisturbed,
        instead: LoopbackServer | None = None,
        robots: Disturb | None = None,
    ) -> None:
        """From now on `disturb`; `instead` is another player of the type, asked in place of the first."""
        self._disturb = disturb
        self._robots = robots
        self._answer = instead.answer if instead is not None else self._plain
        self._pages: dict[str, int] = {}
        self._tries: Counter[str] = Counter()
        self.turns: list[Turn] = []

    def answer(self, handler: BaseHTTPRequestHandler, seen: Seen) -> None:
        """In place of the player's."""
        reply = self._reply(handler, seen)
        if seen.path == ROBOTS and self._robots is not None:
            _send(handler, self._robots(self._turn(handler, seen, reply)))
        elif seen.path == ROBOTS or reply.status != 200:
            play(handler, reply)
        else:
            turn = self._turn(handler, seen, reply)
            self.turns.append(turn)
            _send(handler, self._disturb(turn))

    def _turn(self, handler: BaseHTTPRequestHandler, seen: Seen, reply: Answer) -> Turn:
        asked = json.dumps([seen.path, seen.query])
        with self._lock:
            self._tries[asked] += 1
            page = self._pages.setdefault(asked, len(self._pages) + 1) if seen.path != ROBOTS else 0
        return Turn(
            seen,
            reply,
            page,
            self._tries[asked],
            self._server.url,
            self._canary,
            self._player,
            lambda query: self._reply(handler, replace(seen, query=query)),
        )

    def _reply(self, handler: BaseHTTPRequestHandler, seen: Seen) -> Answer:
        caught = Caught(handler)
        self._answer(caught, seen)  # type: ignore[arg-type]
        return caught.answer()


def _through(chaos: Chaos) -> Callable[[LoopbackServer, BaseHTTPRequestHandler, Seen], None]:
    def answer(server: LoopbackServer, handler: BaseHTTPRequestHandler, seen: Seen) -> None:
        chaos.answer(handler, seen)

    return answer


@dataclass
class Caught:
    """Stands where a player expects its request handler, and keeps what it sends."""

    handler: BaseHTTPRequestHandler
    status: int = 0
    headers_sent: dict[str, str] = field(default_factory=dict)
    wfile: io.BytesIO = field(default_factory=io.BytesIO)
    close_connection: bool = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self.handler, name)

    def send_response(self, status: int, message: str | None = None) -> None:
        self.status = status

    def send_header(self, name: str, value: str) -> None:
        self.headers_sent[name] = value

    def end_headers(self) -> None: ...

    def answer(self) -> Answer:
        """What was sent; its length is announced anew when it is sent again."""
        headers = {name: value for name, value in self.headers_sent.items() if name != "Content-Length"}
        assert "Transfer-Encoding" not in headers, "the layer does not take chunks apart; send a whole body"
        return Answer(self.wfile.getvalue(), self.status, headers)


def _send(handler: BaseHTTPRequestHandler, answer: Answer | Wire) -> None:
    if isinstance(answer, Answer):
        play(handler, answer)
        return
    for piece in answer.pieces:
        handler.wfile.write(piece)
    handler.close_connection = not answer.stays
