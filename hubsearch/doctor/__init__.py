"""What a person who looks after a hub should know: everything looked at, in one list."""

from collections.abc import Callable, Collection

from harvesters.portal import Portal
from hubsearch.doctor import engine_check, store_check
from hubsearch.doctor.backups_check import backups, old_spools
from hubsearch.doctor.disk_check import clock, disk
from hubsearch.doctor.feeds_check import feeds
from hubsearch.doctor.findings import PARTS, Check, well
from hubsearch.doctor.settings_check import portals_file, settings_in_force
from hubsearch.doctor.sources_check import sources
from hubsearch.doctor.work_check import work
from hubsearch.settings import Settings
from index.store import Store
from index.store.errors import StoreError

__all__ = ["PARTS", "Check", "examine", "well"]


def examine(settings: Settings, parts: Collection[str] = PARTS) -> list[Check]:
    """Look at a hub without changing anything; every check of these parts, in the order of PARTS.

    A part that is away is a finding; what can be seen without it is looked at all the same.
    """
    portals, checks = portals_file(settings)
    checks = [*settings_in_force(settings), *checks, *disk(settings), *clock(settings)]
    with store_check.reached(settings, checks) as store:
        if store is not None:
            checks.extend(_of_store(settings, store, portals, parts))
        if "engine" in parts:
            with engine_check.reached(settings, checks) as engine:
                if store is not None and engine is not None:
                    checks.extend(engine_check.index(store, engine))
    asked = [check for check in checks if check.part in parts]
    return sorted(asked, key=lambda check: PARTS.index(check.part))


def _of_store(settings: Settings, store: Store, portals: list[Portal], parts: Collection[str]) -> list[Check]:
    """What the store knows of the work; a store lost in the middle of it is one finding."""
    looks: dict[str, Callable[[], list[Check]]] = {
        "sources": lambda: sources(settings, store, portals),
        "work": lambda: work(store, settings.now()),
        "feeds": lambda: feeds(settings, store),
        "disk": lambda: old_spools(settings, store),
        "backups": lambda: backups(settings, store),
    }
    try:
        return [check for part, look in looks.items() if part in parts for check in look()]
    except StoreError as error:
        return [Check("store", "finding", str(error), "it was reached a moment ago; look again")]
