"""The connection to a cluster: where it is, who asks, how long to wait, and which version answers."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import SplitResult, unquote, urlsplit

from elastic_transport.client_utils import DEFAULT
from elasticsearch import Elasticsearch
from elasticsearch.serializer import OrjsonSerializer

from index.engines.access import EngineAccess
from index.engines.elasticsearch.breaker import Breaker
from index.engines.elasticsearch.errors import speaking
from index.engines.elasticsearch.names import Names
from index.engines.protocol import EngineError

MAJOR = 9
"""The version of Elasticsearch this was written and tested for; the client speaks its protocol."""

WRITE_TIMEOUT = 60.0
MANAGE_TIMEOUT = 60.0
"""Seconds one bulk request, or one change of an index or an alias, may take."""

_CONNECTIONS = 32
"""Kept for each node: as many searches as a web process has threads for."""
_RETRIES = 3
_ABOUT = "nodes.*.version,nodes.*.http.max_content_length_in_bytes"
_AWAY = (502, 503, 504)


class Cluster:
    """A cluster and its clients. Nothing is asked before it is used, so a hub starts while it is away.

    `urls` is one address or several with commas between them; user and password may stand in the first. An
    API key goes before them. Certificates are always verified, by `access.ca` where it is given. `where`
    names the addresses for messages, without secrets. Raises EngineError for an address of no use.
    """

    def __init__(self, urls: str, access: EngineAccess) -> None:
        parts = [_split(url) for url in urls.split(",") if url.strip()]
        if not parts:
            raise EngineError("HUBSEARCH_ENGINE names no address; it should be an http(s) address")
        self.access = access
        self.names = Names.of(access.index)
        hosts = [_plain(part) for part in parts]
        self.where = ", ".join(hosts)
        self.request_limit = 100 * 1024**2
        """Bytes a request may have: Elasticsearch's default, until the cluster has told its own."""
        self.encrypted = all(part.scheme == "https" for part in parts)
        self._client = Elasticsearch(
            hosts,
            basic_auth=None if access.api_key else _user(parts),
            api_key=access.api_key,
            ca_certs=str(access.ca) if access.ca is not None and self.encrypted else DEFAULT,
            serializers={"application/json": OrjsonSerializer()},
            request_timeout=access.timeout,
            connections_per_node=_CONNECTIONS,
            max_retries=_RETRIES,
            retry_on_status=_AWAY,
            retry_backoff_base=0.1,
            retry_backoff_cap=1.0,
        )
        self._manager = self._client.options(request_timeout=MANAGE_TIMEOUT)
        self._bulker = self._client.options(request_timeout=WRITE_TIMEOUT, max_retries=0)
        self._breaker = Breaker()
        self._known = False

    @contextmanager
    def searching(self, doing: str = "searching") -> Iterator[Elasticsearch]:
        """A client for searches: the timeout of the settings, errors in the hub's words. A cluster that hangs
        is not waited for again and again (`index.engines.elasticsearch.breaker`)."""
        with speaking(doing, self.where), self._breaker.asking(doing, self.where):
            self._get_to_know()
            yield self._client

    @contextmanager
    def managing(self, doing: str) -> Iterator[Elasticsearch]:
        """A client for indexes, aliases and settings: more time, the same errors."""
        with speaking(doing, self.where):
            self._get_to_know()
            yield self._manager

    def bulker(self) -> Elasticsearch:
        """A client for bulk requests, whose errors and repeats are the writer's own."""
        with speaking("writing the index", self.where):
            self._get_to_know()
            return self._bulker

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def _get_to_know(self) -> None:
        """Ask once which version answers, before anything relies on it. Two threads may both ask: none waits
        for the answer to another."""
        if self._known:
            return
        answer = self._client.perform_request(
            "GET",
            "/_nodes/_local/http",  # not every distribution answers `GET /`
            params={"filter_path": _ABOUT},
            headers={"accept": "application/json"},
        )
        for node in answer.body.get("nodes", {}).values():
            _check_version(str(node.get("version")), self.where)
            limit = node.get("http", {}).get("max_content_length_in_bytes")
            self.request_limit = int(limit or self.request_limit)
        self._known = True


def _check_version(found: str, where: str) -> None:
    major = int(found.partition(".")[0]) if found.partition(".")[0].isdigit() else 0
    if major < MAJOR:
        raise EngineError(
            f"the Elasticsearch at {where} is version {found}, which is too old; upgrade it to {MAJOR}"
        )
    if major > MAJOR:
        raise EngineError(
            f"the Elasticsearch at {where} is version {found}, newer than this hubsearch knows ({MAJOR}); "
            "upgrade hubsearch"
        )


def _split(url: str) -> SplitResult:
    """The parts of an address; a message about a bad one must not repeat it, for it may hold a password."""
    try:
        parts = urlsplit(url.strip())
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise EngineError(
            "HUBSEARCH_ENGINE holds an address that cannot be read; it should be like "
            "https://user:password@host:9200, or several of these with commas between them "
            "(characters like @ : / in a password written as %40 %3A %2F)"
        )
    return parts


def _plain(parts: SplitResult) -> str:
    """An address without user information, with its port."""
    assert parts.hostname is not None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return f"{parts.scheme}://{host}:{port}{parts.path.rstrip('/')}"


def _user(parts: list[SplitResult]) -> tuple[str, str] | None:
    named = {(unquote(p.username or ""), unquote(p.password or "")) for p in parts if p.username}
    if len(named) > 1:
        raise EngineError(
            "the addresses in HUBSEARCH_ENGINE name different users; one is enough, in the first"
        )
    return named.pop() if named else None
