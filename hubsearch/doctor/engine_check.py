"""The engine: reached, well, of which version; and how far its index is from the store."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import func, select

from hubsearch.doctor.findings import Check
from hubsearch.hub import open_engine
from hubsearch.settings import Settings, SettingsError
from hubsearch.units import size
from index.engines.protocol import Engine, EngineError, EngineUnavailable
from index.engines.report import Fact
from index.follow import everything
from index.store import Store
from index.store.errors import StoreError
from index.store.schema import clusters, records

REFUSALS_SHOWN = 3


@contextmanager
def reached(settings: Settings, checks: list[Check]) -> Iterator[Engine | None]:
    """The engine, when it answers; what it tells about itself goes to `checks`."""
    try:
        engine = open_engine(settings)
    except (SettingsError, EngineError) as error:
        checks.append(Check("engine", "finding", str(error), "correct HUBSEARCH_ENGINE"))
        yield None
        return
    try:
        yield engine if _tells(engine, checks) else None
    finally:
        engine.close()


def index(store: Store, engine: Engine) -> list[Check]:
    """How the index stands to the store: to be built, behind, short of documents, refused ones."""
    try:
        return [*_distance(store, engine), *_refused(store)]
    except (EngineError, StoreError) as error:
        return [Check("engine", "finding", str(error), "it was reached a moment ago; look again")]


def _tells(engine: Engine, checks: list[Check]) -> bool:
    try:
        report = engine.report()
    except EngineError as error:
        away = isinstance(error, EngineUnavailable)
        advice = "searches answer 503 until it is back; harvests go on, and the index catches up"
        checks.append(Check("engine", "finding", str(error), advice if away else "see the message"))
        return False
    checks.extend(
        Check("engine", "finding", trouble.what, trouble.advice, report.facts) for trouble in report.troubles
    )
    if not report.troubles:
        told = ", ".join(_told(name, value) for name, value in report.facts.items() if value is not None)
        checks.append(Check("engine", "ok", told, facts=report.facts))
    return True


def _told(name: str, value: Fact) -> str:
    if name == "bytes" and isinstance(value, int):
        return size(value)
    if name == "engine":
        return str(value)
    return f"{name} {value:,}" if type(value) is int else f"{name} {value}"


def _distance(store: Store, engine: Engine) -> list[Check]:
    if engine.needs_build() is not None:
        return []  # its report says so
    reached, last = engine.watermark(), store.last_sequence()
    if reached > last:
        says = f"the index is ahead of the store (change {reached:,} beside {last:,}): it is of another store"
        return [Check("engine", "finding", says, "make it anew: hubsearch index build")]
    waiting, living = _counted(store, reached)
    facts = {"watermark": reached, "last": last, "behind": waiting}
    if waiting:
        running = any(run.status == "running" for run in store.runs(limit=50))
        says = f"the index is {waiting:,} changed datasets behind the store"
        advice = "a harvest or a worker catches up by itself; by hand: hubsearch index check --repair"
        return [Check("engine", "note" if running else "finding", says, advice, facts)]
    found = engine.count(everything())
    short = living - found - len(store.refused_documents())
    facts |= {"documents": found, "datasets": living}
    if short:
        says = f"the index holds {found:,} documents where the store has {living:,} datasets"
        return [Check("engine", "finding", says, "compare and mend: hubsearch index check --repair", facts)]
    return [Check("engine", "ok", f"the index has everything up to change {last:,}", facts=facts)]


def _counted(store: Store, sequence: int) -> tuple[int, int]:
    """Clusters changed after a number, and clusters that have a live record, of one state of the store."""
    with store.database.read() as connection:
        later = select(func.count()).select_from(clusters).where(clusters.c.sequence > sequence)
        live = select(func.count(func.distinct(records.c.cluster_id))).where(records.c.deleted_at.is_(None))
        return connection.execute(later).scalar_one(), connection.execute(live).scalar_one()


def _refused(store: Store) -> list[Check]:
    refused = store.refused_documents()
    if not refused:
        return []
    shown = "; ".join(f"{one.id}: {one.reason}" for one in refused[:REFUSALS_SHOWN])
    says = f"the engine would not take {len(refused):,} documents, so searches miss them: {shown}"
    advice = "report them; when the cause is gone, hubsearch index check --repair puts them in"
    return [Check("engine", "finding", says, advice, {"refused": len(refused)})]
