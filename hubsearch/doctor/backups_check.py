"""Backups: how old the last one is; a restore that did not end; spools that nobody will read again."""

import json
from datetime import datetime, timedelta
from pathlib import Path

from hubsearch.backup import NOTE
from hubsearch.backup_restore import ASIDE
from hubsearch.doctor.findings import Check
from hubsearch.settings import Settings
from hubsearch.units import size
from index.store import Store
from index.store.snapshot import held_spools

TOO_OLD = timedelta(days=8)
"""Of the last backup: a weekly one may be a day late."""

LEFT = timedelta(days=2)
"""After this a spool that no held run names belongs to no fetch under way: those have hours at most."""

ADVICE = "hubsearch backup DIR, from a timer, onto another disk"


def backups(settings: Settings, store: Store) -> list[Check]:
    """What a hub that was lost today could be made of."""
    return [*_age(settings, store), *_cut_off(settings)]


def old_spools(settings: Settings, store: Store) -> list[Check]:
    """Spools of sources that are harvested no more; the others' are swept before each fetch."""
    with store.database.read() as connection:
        kept = {(one.source, one.spool.stem) for one in held_spools(connection)}
    before = settings.now().timestamp() - LEFT.total_seconds()
    found = [
        path
        for path in settings.spool.glob("*/*")
        if (path.parent.name, path.name.partition(".")[0]) not in kept and _written(path) < before
    ]
    if not found:
        return []
    used = sum(path.stat().st_size for path in found if path.is_file())
    folders = ", ".join(sorted({path.parent.name for path in found}))
    says = f"{len(found):,} files of {size(used)} lie in {settings.spool} that no run needs ({folders})"
    advice = "they go with the next harvest of the source; delete those of a source that is no more"
    return [Check("disk", "note", says, advice, {"files": len(found), "bytes": used})]


def _age(settings: Settings, store: Store) -> list[Check]:
    try:
        note = json.loads((settings.home / NOTE).read_text("utf-8"))
        made, folder = datetime.fromisoformat(note["made"]), str(note["folder"])
    except (OSError, ValueError, KeyError):
        if not store.record_counts():
            return []
        return [Check("backups", "note", "no backup was made of this home by hubsearch backup", ADVICE)]
    facts = {"made": note["made"], "folder": folder, "bytes": note.get("bytes")}
    age = settings.now() - made
    says = f"the last backup is of {made:%Y-%m-%d %H:%M}, in {folder}"
    if age > TOO_OLD:
        return [Check("backups", "finding", f"{says}: {age.days:,} days old", ADVICE, facts)]
    return [Check("backups", "ok", says, facts=facts)]


def _cut_off(settings: Settings) -> list[Check]:
    left = sorted(settings.home.glob(f"{ASIDE}*"))
    if not left:
        return []
    says = f"a restore did not end; what the hub held before is in {left[0]}"
    advice = f"restore again, or go back to what was there: hubsearch restore {left[0]} --yes"
    return [Check("backups", "finding", says, advice, {"folders": [str(path) for path in left]})]


def _written(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # a fetch ended in this moment
        return float("inf")
