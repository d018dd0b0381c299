"""What the web application is given: the open parts of a hub and how it is reached."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from index.engines.protocol import Engine
from index.query.model import SearchPage, SearchRequest
from index.store import Store


class Search(Protocol):
    """The search every caller shares (`index.search.SearchService`)."""

    def search(self, request: SearchRequest) -> SearchPage:
        """Raises BadRequest, EngineUnavailable."""
        ...


@dataclass(frozen=True, slots=True)
class Hub:
    """An open hub, read only: no request changes it. `base_url` has no slash at its end, `now` gives aware
    times, `feeds_dir` holds the published feeds once `renew_feeds` was called, which may raise StoreError.
    `scratch` is a folder on a disk for what is made on the way, such as a narrowed feed. `warning` looks for
    what should be mended although searches are answered, in a sentence that everybody may read; it may block,
    and raises OSError."""

    store: Store
    search: Search
    engine: Engine
    base_url: str
    feeds_dir: Path
    now: Callable[[], datetime]
    title: str = "hubsearch"
    renew_feeds: Callable[[], None] = lambda: None
    scratch: Path | None = None
    warning: Callable[[], str | None] = lambda: None
