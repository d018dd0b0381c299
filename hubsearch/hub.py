"""The parts of a hub, opened together: store, engine, search."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from hubsearch.publishing import publish_feeds
from hubsearch.settings import Settings, SettingsError
from index.engines.protocol import Engine, EngineBusy
from index.engines.tantivy import TantivyEngine
from index.follow import follow
from index.search import SearchService
from index.store import Store

TURNS, TURN_SECONDS = 120, 0.5
"""How often and how long a follower waits while another process writes the index."""


@dataclass(frozen=True, slots=True)
class Hub:
    """An open hub. Commands and the web server take what they need from it."""

    settings: Settings
    store: Store
    engine: Engine
    search: SearchService

    def follow(self) -> int:
        """Bring the index up to the store's change sequence; the number of clusters applied.

        An index has one writer: while another process follows, this one waits for its turn, and then for
        what the other did not see. Raises EngineBusy when its turn does not come.
        """
        for _ in range(TURNS):
            try:
                return follow(self.store, self.engine)
            except EngineBusy:
                time.sleep(TURN_SECONDS)
        return follow(self.store, self.engine)

    def publish(self, *, allow_shrink: bool = False) -> str | None:
        """Write the feeds anew, each atomically; a sentence for the operator when one was held back.

        `allow_shrink` when a person has just decided what goes.
        """
        report = publish_feeds(self.store, self.settings, allow_shrink=allow_shrink)
        if report.held is None:
            return None
        target = self.settings.feeds / "data.json"
        return f"{report.held} To publish it all the same: hubsearch export dcat-us-1.1 --out {target}"


@contextmanager
def open_hub(settings: Settings) -> Iterator[Hub]:
    """Open the store and the engine the settings name, making them at first use; close them afterwards."""
    settings.home.mkdir(parents=True, exist_ok=True)
    store = Store.open(settings.store)
    try:
        engine = open_engine(settings)
        try:
            yield Hub(settings, store, engine, SearchService(store, engine, settings.base_url))
        finally:
            engine.close()
    finally:
        store.close()


def open_engine(settings: Settings) -> Engine:
    """The engine HUBSEARCH_ENGINE names. Raises SettingsError for one this version does not know."""
    if settings.engine == "tantivy":
        return TantivyEngine(settings.index)
    raise SettingsError(
        f"HUBSEARCH_ENGINE is {settings.engine!r}; this version knows the embedded engine `tantivy`"
    )
