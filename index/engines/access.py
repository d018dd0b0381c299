"""How an engine that is a server is reached; plain data, so that settings can hold it without the client."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class EngineAccess:
    """How an Elasticsearch cluster is reached beside its URL, and what the hub's indexes are called there.

    `api_key` is Elasticsearch's encoded one; `ca` a file of certificate authorities; `timeout` seconds a
    search may take; `replicas` copies of each shard, None: one where there is a second node.
    """

    api_key: str | None = field(default=None, repr=False)
    ca: Path | None = None
    index: str = "hub"
    timeout: float = 10.0
    shards: int = 1
    replicas: int | None = None
