"""A relay in front of a real Elasticsearch which answers in its place when it is told to."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen


@dataclass(frozen=True)
class Reply:
    """An answer: status, JSON body, whether it comes from an Elasticsearch."""

    status: int
    body: Any
    product: bool = True


Rule = Callable[[str, str, bytes], Reply | None]
"""Method, path and body of a request → an answer, or None to ask the real server."""


@contextmanager
def relay(rule: Rule, behind: str | None = None) -> Iterator[str]:
    """The address of a relay, with the user and password of the server behind it, if there is one."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            reply = rule(self.command, self.path, sent) or self.passed_on(sent)
            data = json.dumps(reply.body).encode()
            self.send_response(reply.status)
            if reply.product:
                self.send_header("X-elastic-product", "Elasticsearch")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data if self.command != "HEAD" else b"")

        def passed_on(self, sent: bytes) -> Reply:
            assert behind is not None
            parts = urlsplit(behind)
            asked = Request(
                f"http://{parts.hostname}:{parts.port}{self.path}", sent or None, method=self.command
            )
            for name in ("Authorization", "Content-Type", "Accept"):
                if name in self.headers:
                    asked.add_header(name, self.headers[name])
            try:
                with urlopen(asked, timeout=30) as answer:
                    return Reply(answer.status, json.loads(answer.read() or b"{}"))
            except HTTPError as error:
                return Reply(error.code, json.loads(error.read() or b"{}"))

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = answer  # noqa: N815  # as http.server names them

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        user = f"{urlsplit(behind).username}:{urlsplit(behind).password}@" if behind else ""
        yield f"http://{user}127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
