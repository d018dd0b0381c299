"""The parts of a hub, opened together: store, engine, search."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from dcat.errors import FeedError
from hubsearch.settings import Settings, SettingsError
from hubsearch.work.keeper import Keeper
from hubsearch.work.upkeep import follow_in_turn, publish_in_turn, purge_tombstones
from index.engines.protocol import Engine, EngineError
from index.engines.tantivy import TantivyEngine
from index.search import SearchService
from index.store import Store

PUBLISH_ANYWAY = "To publish it all the same: hubsearch export dcat-us-1.1 --publish"


@dataclass(frozen=True, slots=True)
class Hub:
    """An open hub. Commands and the web server take what they need from it."""

    settings: Settings
    store: Store
    engine: Engine
    search: SearchService
    leases: Keeper = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "leases", Keeper(self.store.jobs, self.settings.lease_seconds))

    def follow(self, said: Callable[[str], None] = lambda message: None) -> int:
        """Bring the index up to the store's change sequence; the number of clusters applied.

        An index has one writer: while another process follows, this one waits for its turn (`said` is told
        for whom), and then for what the other did not see. Raises EngineBusy when its turn does not come.
        """
        return follow_in_turn(self, said)

    def publish(self, *, allow_shrink: bool = False) -> str | None:
        """Write the feeds anew where something changed, each atomically; a sentence for the operator when one
        was held back.

        `allow_shrink` when a person has just decided what goes.
        """
        held = publish_in_turn(self, allow_shrink=allow_shrink)
        return None if held is None else f"{held} {PUBLISH_ANYWAY}"

    def catch_up(self, said: Callable[[str], None], *, allow_shrink: bool = False) -> None:
        """After a change of the store: let the index follow, publish the feeds, give up what was removed long
        ago. An engine that is away or a feed that cannot be written undoes nothing, so it is said, and done
        later."""
        try:
            self.follow(said)
        except EngineError as error:
            said(
                f"What changed is stored but not in the index yet: {error}. A worker or the next harvest "
                "brings it there, or hubsearch index check --repair"
            )
        try:
            if held := self.publish(allow_shrink=allow_shrink):
                said(held)
        except FeedError as error:
            said(f"The feed is as it was before: {error}. A worker or the next harvest publishes it")
        purge_tombstones(self)


@contextmanager
def open_hub(settings: Settings) -> Iterator[Hub]:
    """Open the store and the engine the settings name, making them at first use; close them afterwards."""
    settings.home.mkdir(parents=True, exist_ok=True)
    store = Store.open(settings.store)
    try:
        engine = open_engine(settings)
        try:
            hub = Hub(settings, store, engine, SearchService(store, engine, settings.base_url))
            try:
                yield hub
            finally:
                hub.leases.close()
        finally:
            engine.close()
    finally:
        store.close()


def open_engine(settings: Settings) -> Engine:
    """The engine HUBSEARCH_ENGINE names; a cluster is not asked for anything yet. Raises SettingsError for
    one this version does not know, EngineError for an address that cannot be used."""
    if settings.engine == "tantivy":
        return TantivyEngine(settings.index)
    if settings.engine.startswith(("http://", "https://")):
        from index.engines.elasticsearch import ElasticsearchEngine

        return ElasticsearchEngine(settings.engine, settings.engine_access)
    raise SettingsError(
        "HUBSEARCH_ENGINE is neither `tantivy`, the embedded engine, nor an Elasticsearch's http(s) address"
    )
