"""A portal that gives scripted answers: the good ones and every kind of bad one."""

import gzip
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

from tests.portals.server import LoopbackServer, Seen


@dataclass(frozen=True)
class Answer:
    """One answer.

    `cut_to` sends only that many bytes of the body; the length announced is still the whole one's, unless
    `honest_length` (the fault no HTTP client notices). `length=False` announces none and closes; `chunked`
    sends chunks (a cut one has no last chunk); `pause` waits so many seconds after each `step` bytes;
    `repeat` sends the body that many times over.
    """

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    compress: bool = False
    cut_to: int | None = None
    honest_length: bool = False
    length: bool = True
    chunked: bool = False
    pause: float = 0.0
    step: int = 65_536
    repeat: int = 1


class StaticPortal(LoopbackServer):
    """Answers by path. A list of answers is given one after the other, the last one for ever; else 404."""

    def __init__(self, answers: dict[str, Answer | list[Answer]]) -> None:
        super().__init__()
        self._scripts = {path: list(a) if isinstance(a, list) else [a] for path, a in answers.items()}

    def answer(self, handler: BaseHTTPRequestHandler, seen: Seen) -> None:
        script = self._scripts.get(seen.path)
        if not script:
            play(handler, Answer(b"not here", 404))
            return
        play(handler, script.pop(0) if len(script) > 1 else script[0])


def play(handler: BaseHTTPRequestHandler, answer: Answer) -> None:
    """Send one answer as scripted."""
    body = gzip.compress(answer.body, 6, mtime=0) if answer.compress else answer.body
    sent = body if answer.cut_to is None else body[: answer.cut_to]
    announced = len(sent) if answer.honest_length else len(body) * answer.repeat
    handler.send_response(answer.status)
    if answer.compress:
        handler.send_header("Content-Encoding", "gzip")
    if answer.chunked:
        handler.send_header("Transfer-Encoding", "chunked")
    elif answer.length:
        handler.send_header("Content-Length", str(announced))
    for name, value in answer.headers.items():
        handler.send_header(name, value)
    handler.end_headers()
    for _ in range(answer.repeat):
        for piece in _pieces(sent, answer.step):
            handler.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece) if answer.chunked else piece)
            if answer.pause:
                handler.wfile.flush()
                time.sleep(answer.pause)
    whole = answer.cut_to is None
    if answer.chunked and whole:
        handler.wfile.write(b"0\r\n\r\n")
    if not whole or not (answer.length or answer.chunked):
        handler.close_connection = True


def _pieces(body: bytes, step: int) -> Iterable[bytes]:
    for start in range(0, len(body), step):
        yield body[start : start + step]
