"""Telling how a harvest goes: bars on a terminal, a plain line now and then elsewhere. Always on stderr."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from hubsearch.cli.output import harmless, say
from hubsearch.units import size
from hubsearch.work.source_job import Watcher
from index.store import Run

QUIET_SECONDS = 5.0
"""Seconds between two plain lines about one source."""


class Bars:
    """A line with a spinner for each source that is being fetched; a sentence when it has landed."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.tasks: dict[str, TaskID] = {}

    def fetching(self, source: str, records: int, received: int) -> None:
        if source not in self.tasks:
            self.tasks[source] = self.progress.add_task(source, total=None, records=0, received="")
        self.progress.update(self.tasks[source], records=records, received=size(received))

    def fetched(self, source: str) -> None:
        if source in self.tasks:
            self.progress.update(self.tasks[source], total=1, completed=1)

    def landed(self, run: Run) -> None:
        if run.source in self.tasks:
            self.progress.remove_task(self.tasks.pop(run.source))
        self.said(sentence(run))

    def said(self, message: str) -> None:
        self.progress.console.print(harmless(message), markup=False, highlight=False, soft_wrap=True)


class Lines:
    """A plain line every few seconds, for logs and pipes."""

    def __init__(self) -> None:
        self.last: dict[str, float] = {}

    def fetching(self, source: str, records: int, received: int) -> None:
        now = time.monotonic()
        if now - self.last.setdefault(source, now) >= QUIET_SECONDS:
            self.last[source] = now
            say(f"{source}: {records:,} records, {size(received)} …")

    def fetched(self, source: str) -> None:
        self.last.pop(source, None)

    def landed(self, run: Run) -> None:
        self.said(sentence(run))

    def said(self, message: str) -> None:
        say(message)


class Silence:
    """No progress: `--quiet`. What needs a person is said all the same."""

    def fetching(self, source: str, records: int, received: int) -> None: ...
    def fetched(self, source: str) -> None: ...
    def landed(self, run: Run) -> None: ...

    def said(self, message: str) -> None:
        say(message)


@contextmanager
def watcher(*, quiet: bool) -> Iterator[Watcher]:
    """The watcher that fits where stderr goes."""
    if quiet:
        yield Silence()
    elif sys.stderr.isatty():
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=20),
            TextColumn("{task.fields[records]:,} records"),
            TextColumn("{task.fields[received]}"),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            yield Bars(progress)
    else:
        yield Lines()


def sentence(run: Run) -> str:
    """One run in words: what came, what changed, and what a person should do about it."""
    counts = {
        "added": run.added,
        "updated": run.updated,
        "unchanged": run.unchanged,
        "renamed": run.renamed,
        "deleted": run.deleted,
        "missing": run.missing,
        "duplicate": run.duplicate,
        "filtered": run.filtered,
        "quarantined": run.quarantined,
    }
    told = ", ".join(f"{count:,} {name}" for name, count in counts.items() if count) or "nothing came"
    number = f" (run {run.id})" if run.id else ""
    text = f"{run.source}: {run.status}{number}, {run.fetched:,} records in {run.seconds:.1f} s: {told}"
    if run.reason:
        text += f"\n  {run.reason}"
    if run.status == "held" and not run.id:
        text += f"\n  A harvest would be held for this ({run.slug}), and change nothing"
    elif run.status == "held":
        text += f"\n  Nothing was changed. Look: hubsearch runs show {run.id}"
        text += f"\n  Then decide: hubsearch approve {run.id}, or hubsearch reject {run.id}"
    return text
