"""One node of a test cluster: its configuration folder, its data, its process."""

import json
import shutil
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.servers.distribution import unpacked
from tests.servers.java import find_jdk
from tests.servers.places import hand_over
from tests.servers.process import ServerProcess, free_port, prepare

Setting = str | int | bool | list[str]

JVM_OPTIONS = """\
-XX:+UseG1GC
-Djava.io.tmpdir=${ES_TMPDIR}
20-:--add-modules=jdk.incubator.vector
-Dorg.apache.lucene.store.MMapDirectory.sharedArenaMaxPermits=1
-XX:+ExitOnOutOfMemoryError
"""
"""The distribution's own, without its files of garbage collections and heaps."""

LOGGING = """\
status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = [%d{ISO8601}][%-5p][%c{1.}] [%node_name] %m%n
rootLogger.level = info
rootLogger.appenderRef.console.ref = console
"""


class Node:
    """A node that can be started and ended again and again; ports and data stay."""

    def __init__(self, folder: Path, number: int, of: int, java: str, tls: bool) -> None:
        self.http, self.transport = free_port(), free_port()
        self._number, self._of, self._java, self._tls = number, of, java, tls
        self._name = f"node{number + 1}"
        self._folder = folder / self._name
        self._home = unpacked()
        self._process: ServerProcess | None = None

    def configure(self, password: str, transports: Sequence[int], settings: Mapping[str, Setting]) -> None:
        """Write the configuration, and the password into its keystore."""
        shutil.copytree(self._home / "config", self._folder / "config")
        (self._folder / "tmp").mkdir()
        lines = {**self._settings(transports), **settings}
        written = "".join(f"{name}: {json.dumps(value)}\n" for name, value in lines.items())
        config = self._folder / "config"
        (config / "elasticsearch.yml").write_text(written, encoding="utf-8")
        (config / "jvm.options").write_text(JVM_OPTIONS, encoding="utf-8")
        (config / "log4j2.properties").write_text(LOGGING, encoding="utf-8")
        if self._tls:
            for name in ("http.pem", "http.key"):
                shutil.copy(self._folder.parent / name, config / name)
        hand_over(self._folder)
        self._keep_password(password)

    def _settings(self, transports: Sequence[int]) -> dict[str, Setting]:
        settings: dict[str, Setting] = {
            "cluster.name": "hubsearch-test",
            "node.name": self._name,
            "path.data": str(self._folder / "data"),
            "path.logs": str(self._folder / "logs"),
            "http.host": "127.0.0.1",
            "http.port": self.http,
            "transport.host": "127.0.0.1",
            "transport.port": self.transport,
            "xpack.security.enabled": True,
            "xpack.security.transport.ssl.enabled": False,
            "xpack.security.http.ssl.enabled": self._tls,
            # How full the disk of the tests' machine is says nothing about the hub.
            "cluster.routing.allocation.disk.threshold_enabled": False,
        }
        if self._tls:
            settings |= {
                "xpack.security.http.ssl.key": "http.key",
                "xpack.security.http.ssl.certificate": "http.pem",
            }
        if self._of == 1:
            return settings | {"discovery.type": "single-node"}
        settings["discovery.seed_hosts"] = [f"127.0.0.1:{port}" for port in transports]
        if self._number == 0:
            return settings | {"cluster.initial_master_nodes": [self._name]}
        return settings | {"node.roles": ["data"]}

    def _keep_password(self, password: str) -> None:
        prepare(
            ["bash", self._home / "bin/elasticsearch-keystore", "add", "-f", "-x", "bootstrap.password"],
            self._environment(),
            "Elasticsearch's keystore",
            given=password,
        )

    def _environment(self) -> dict[str, str]:
        return {
            "ES_JAVA_HOME": str(find_jdk()),
            "ES_JAVA_OPTS": self._java,
            "ES_PATH_CONF": str(self._folder / "config"),
            "ES_TMPDIR": str(self._folder / "tmp"),
        }

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.running

    def start(self) -> None:
        self._process = ServerProcess(
            ["bash", str(self._home / "bin/elasticsearch")],
            self._environment(),
            folder=self._folder.parent,
            log=self._folder.parent / f"{self._name}.log",
        )

    def end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.end(how)

    def log_end(self) -> str:
        return self._process.log_end() if self._process else ""
