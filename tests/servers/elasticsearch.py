"""Elasticsearch for tests: `with ElasticsearchServer() as server: … server.url …`."""

import json
import secrets
import signal
import ssl
import time
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Mapping
from os import getpid
from pathlib import Path
from typing import Any, Self

from tests.servers.certificate import write_certificate
from tests.servers.errors import ServerFailed
from tests.servers.node import Node, Setting
from tests.servers.places import server_folder
from tests.servers.process import Lifetime, guard, remove

COMES_UP_WITHIN = 180.0
"""Seconds; 13 are usual on two idle cores."""


class ElasticsearchServer(Lifetime):
    """A cluster on 127.0.0.1 with security on and a password of its own; not started yet.

    `nodes`: 2 makes a second one that holds data but is never elected, so that either may be lost.
    `heap`: of each node, as Java reads it. `quick`: compile for a short life, which halves the work of a
    start; False where speed is measured. `tls`: HTTP by TLS with a certificate of the authority in `ca`.
    `settings`: more lines of elasticsearch.yml. `owner`: the process that everything ends with.
    Raises ServerMissing where something has to be installed first.
    """

    def __init__(
        self,
        *,
        nodes: int = 1,
        heap: str = "512m",
        quick: bool = True,
        tls: bool = False,
        settings: Mapping[str, Setting] | None = None,
        owner: int | None = None,
    ) -> None:
        self.password = secrets.token_urlsafe(18)
        self.folder = server_folder("elasticsearch")
        self.ca: Path | None = write_certificate(self.folder) if tls else None
        guard(self.folder, owner or getpid())
        java = f"-Xms{heap} -Xmx{heap}" + (" -XX:TieredStopAtLevel=1" if quick else "")
        self.nodes = [Node(self.folder, number, nodes, java, tls) for number in range(nodes)]
        for node in self.nodes:
            node.configure(self.password, [other.transport for other in self.nodes], settings or {})

    @property
    def url(self) -> str:
        """The first node's address, with user and password."""
        return self.url_of(0)

    @property
    def urls(self) -> str:
        """All nodes' addresses, as the hub's setting takes them."""
        return ",".join(self.url_of(number) for number in range(len(self.nodes)))

    def url_of(self, node: int) -> str:
        scheme = "https" if self.ca else "http"
        return f"{scheme}://elastic:{self.password}@127.0.0.1:{self.nodes[node].http}"

    def start(self, node: int | None = None) -> Self:
        """Start one node, or all that do not run, and wait until the cluster has them."""
        for each in self._these(node):
            if not each.running:
                each.start()
        self._wait_for_health()
        return self

    def stop(self, node: int | None = None) -> None:
        """Stop one node or all, in good order."""
        self._end(node, signal.SIGTERM)

    def kill(self, node: int | None = None) -> None:
        """Kill one node or all, as a power cut would."""
        self._end(node, signal.SIGKILL)

    def restart(self, node: int | None = None) -> None:
        """Stop and start again, at the same address with the same data."""
        self.stop(node)
        self.start(node)

    def close(self) -> None:
        """Kill what runs and remove its folder."""
        self.kill()
        remove(self.folder)

    def request(self, method: str, path: str, body: object = None, node: int = 0) -> Any:
        """Ask the server without the client the hub uses. Raises urllib's HTTPError, URLError."""
        scheme, _, rest = self.url_of(node).partition("://")
        address = f"{scheme}://{rest.partition('@')[2]}{path}"
        login = b64encode(f"elastic:{self.password}".encode()).decode()
        asked = urllib.request.Request(address, method=method)
        asked.add_header("Authorization", f"Basic {login}")
        if body is not None:
            asked.data = json.dumps(body).encode()
            asked.add_header("Content-Type", "application/json")
        trusted = ssl.create_default_context(cafile=self.ca) if self.ca else None
        with urllib.request.urlopen(asked, timeout=30, context=trusted) as answer:
            return json.load(answer)

    def _these(self, node: int | None) -> list[Node]:
        return self.nodes if node is None else [self.nodes[node]]

    def _end(self, node: int | None, how: signal.Signals) -> None:
        ended = [each for each in self._these(node) if each.running]
        for each in ended:
            each.end(how)

    def _wait_for_health(self) -> None:
        running = [number for number, node in enumerate(self.nodes) if node.running]
        path = f"/_cluster/health?wait_for_nodes=>={len(running)}&timeout=1s"
        if len(running) == len(self.nodes):  # else a shard may be on a node that is still down
            path += "&wait_for_status=yellow"
        until = time.monotonic() + COMES_UP_WITHIN
        while time.monotonic() < until:
            for number in running:
                if not self.nodes[number].running:
                    raise ServerFailed(f"Elasticsearch ended at its start:\n{self.nodes[number].log_end()}")
            try:
                if self.request("GET", path, node=running[0])["timed_out"] is False:
                    return
            except OSError:  # refused so far, or a 408 or 503 while it is not there yet
                time.sleep(0.2)
        raise ServerFailed(
            f"Elasticsearch is not up after {COMES_UP_WITHIN:.0f} s:\n{self.nodes[running[0]].log_end()}"
        )
