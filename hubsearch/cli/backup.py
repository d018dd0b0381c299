"""`hubsearch backup`, `hubsearch restore`: the hub into a folder, and back."""

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from hubsearch.backup_manifest import Lacking, check_backup, read_manifest
from hubsearch.cli.output import json_option, print_json, say
from hubsearch.hub import open_hub
from hubsearch.settings import Settings
from hubsearch.spools import told_where
from hubsearch.units import size
from index.store.snapshot import HeldSpool

FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.argument("folder", metavar="DIR", type=FOLDER)
@json_option
@click.pass_obj
def backup(settings: Settings, folder: Path, as_json: bool) -> None:
    """Write what this hub keeps into the new folder DIR, also in the middle of a harvest.

    In it are the store, the portals file, the portals' passwords, the spools of held runs and the feeds, but
    not the index, which is made from the store. Keep it where only you can read it.
    """
    from hubsearch.backup import back_up

    with open_hub(settings) as hub:
        manifest = back_up(hub, folder)
    if as_json:
        print_json(
            {
                "backup": str(folder.absolute()),
                "made": manifest.made,
                "revision": manifest.revision,
                "sequence": manifest.sequence,
                "files": len(manifest.files),
                "bytes": manifest.bytes,
                **manifest.counts,
                "lacking": _as_json(manifest.lacking),
            }
        )
    else:
        say(f"Backed up {_told(manifest.counts)} to {folder}: {size(manifest.bytes)}.")
    _say_lacking(manifest.lacking, "Decide it where its spool is, or make a backup there as well.")


@click.command()
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--yes", is_flag=True, help="Replace what the hub holds; without this it is only said.")
@json_option
@click.pass_obj
def restore(settings: Settings, folder: Path, yes: bool, as_json: bool) -> None:
    """Make this hub what the backup in DIR says, and build its index.

    Into an empty home at once. What a hub holds is replaced only with --yes, and kept aside in its home until
    the restore is whole. Stop workers and harvests first. Exit status 1: restored, but without an index.
    """
    from hubsearch.backup_restore import present
    from hubsearch.backup_restore import restore as restore_backup

    manifest = read_manifest(folder)
    found = present(settings)
    answer = {"backup": str(folder.absolute()), "made": manifest.made, **manifest.counts}
    holds = {"counts": found.counts, "files": found.files, "damaged": found.damaged}
    if found and not yes:
        check_backup(folder)
        if as_json:
            print_json({**answer, "restored": False, "holds": holds})
        else:
            held = found.damaged or _told(found.counts)
            say(
                f"Would restore {_told(manifest.counts)}, as of {manifest.made}, in the place of what "
                f"{settings.home} holds: {held}. Say --yes to do it."
            )
        return
    done = restore_backup(settings, folder, found, say)
    if as_json:
        print_json(
            {
                **answer,
                "restored": True,
                "holds": holds,
                "documents": done.documents,
                "lacking": _as_json(done.lacking),
            }
        )
    elif done.documents is not None:
        say(f"Restored {_told(manifest.counts)}, as of {manifest.made}; the index has {done.documents:,}.")
    _say_lacking(done.lacking, "Harvest its source again to decide.")
    sys.exit(0 if done.documents is not None else 1)


def _say_lacking(lacking: Sequence[Lacking | HeldSpool], advice: str) -> None:
    for one in lacking:
        waits = f"Run {one.run} of {one.source} waits for a decision, and this backup cannot land it"
        say(f"{waits}: {told_where(Path(one.spool))}. {advice}")


def _as_json(lacking: Sequence[Lacking | HeldSpool]) -> list[dict[str, str]]:
    return [{"run": one.run, "source": one.source, "spool": str(one.spool)} for one in lacking]


def _told(counts: dict[str, int]) -> str:
    records, sources, held = (counts.get(name, 0) for name in ("records", "sources", "held"))
    waiting = f", {held:,} held runs" if held else ""
    return f"{records:,} records of {sources:,} sources{waiting}"
