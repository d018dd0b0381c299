"""One run of one portal while it is fetched: its budgets, its spool, its counts, its last word."""

import errno
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, NoReturn

from harvesters.credentials import hidden, spellings
from harvesters.egress import Egress
from harvesters.fetch_error import FetchError
from harvesters.portal import Portal
from harvesters.run_slugs import means_failed
from harvesters.spool import SpoolWriter
from mappings.source_record import NOT_MODIFIED, PageFailure, RunStatement, SourceRecord, Validators

_PROGRESS_EVERY = 0.2
"""Seconds between two lines of progress."""
_HOPELESS = 10_000
"""Records without a usable one among them after which reading stops: a million empty objects are 3 MB to send
and minutes to account for."""
_FAILURES = 1_000
"""Failures listed in a statement; a portal with more broken pages than that is broken."""


@dataclass(slots=True)
class FetchRun:
    """What the spider, the handler and the middlewares of one child share.

    `work` is an empty folder for bodies, removed by the parent; `hosts` the folder in which all sources of
    the hub take turns; `kept` the file in which a type may keep what it need not ask for again. `progress`
    gets (records, bytes). `known` are the validators of the document last landed, `validators` those of the
    one this run read. `changes_only`: nothing else is asked for than what has changed since those that are
    known. `asked_to_wait` are the seconds for which the portal does not want to be asked again. `most`
    records are enough; then `stop`, which does not return, is called. `sitemaps` are those that the
    robots.txt of a host names, as written there.
    """

    portal: Portal
    user_agent: str
    spool: SpoolWriter
    work: Path
    progress: Callable[[int, int], None] = lambda records, received: None
    known: Validators | None = None
    hosts: Path | None = None
    most: int | None = None
    stop: Callable[["FetchRun"], NoReturn] | None = None
    kept: Path | None = None
    validators: Validators | None = None
    changes_only: bool = False
    asked_to_wait: float = 0.0
    requests: int = 0
    bytes: int = 0
    declared_total: int | None = None
    failures: list[PageFailure] = field(default_factory=list)
    sitemaps: dict[str, list[str]] = field(default_factory=dict)
    egress: Egress = field(init=False)
    _secret: tuple[str, ...] = field(init=False)
    _started: float = field(default_factory=time.monotonic)
    _reported: float = 0.0
    _bodies: int = 0
    _usable: bool = False
    _verdict: RunStatement | None = None

    def __post_init__(self) -> None:
        self.egress = Egress.of(self.portal)
        self._secret = spellings(self.portal, os.environ)

    def remaining(self) -> float:
        """Seconds left of the run's budget."""
        return self._started + self.portal.run_budget - time.monotonic()

    def out_of_time(self) -> FetchError:
        """The error of a run whose budget ran out."""
        return FetchError("deadline", f"the run's budget of {self.portal.run_budget:g} s ran out")

    def count_request(self) -> None:
        """Note one request sent. Raises FetchError `deadline`."""
        if self.remaining() <= 0:
            raise self.out_of_time()
        self.requests += 1

    def count_bytes(self, size: int) -> None:
        """Note bytes received."""
        self.bytes += size
        self._report()

    def put(self, record: SourceRecord) -> None:
        """Spool one record. Raises FetchError `deadline` between two records, `disk-full`,
        `no-usable-records` when there was none among thousands."""
        if not self.spool.records & 255 and self.remaining() <= 0:
            raise self.out_of_time()
        try:
            self.spool.write(record)
        except OSError as error:
            slug = "too-large" if error.errno == errno.EFBIG else "disk-full"
            raise FetchError(slug, f"the spool cannot be written: {error}") from error
        self._usable = self._usable or record.trouble is None
        if not self._usable and self.spool.records >= _HOPELESS:
            raise FetchError("no-usable-records", f"none of the first {_HOPELESS:,} records can be used")
        if not self.spool.records & 63:
            self._report()
        if self.most is not None and self.spool.records >= self.most and self.stop is not None:
            self._conclude(RunStatement(complete=False))  # no trouble: there is nothing to say
            self.stop(self)

    def new_body_path(self) -> Path:
        """A file for one more body."""
        self._bodies += 1
        return self.work / f"{self._bodies:06d}.body"

    def page_failed(self, url: str, slug: str, message: str) -> None:
        """Note a page that could not be fetched or read."""
        if len(self.failures) < _FAILURES:
            self.failures.append(PageFailure(self.quiet(url), slug, self.quiet(message)))

    def quiet(self, text: str) -> str:
        """The text without the portal's secret: error pages and redirects repeat what they were shown."""
        return hidden(text, self._secret)

    def complete(self, slug: str = "", reason: str = "") -> None:
        """Everything was fetched; a slug says what is odd nevertheless."""
        self._conclude(RunStatement(complete=True, slug=slug, reason=reason))

    def not_modified(self) -> None:
        """The portal says that its document is the one last landed."""
        self.complete(NOT_MODIFIED, "the portal answered that nothing has changed")

    def incomplete(self, slug: str, reason: str) -> None:
        """Something is missing; without a single record the slug may mean that the run failed."""
        failed = self.spool.records == 0 and means_failed(slug)
        self._conclude(RunStatement(complete=False, slug=slug, reason=reason, failed=failed))

    def crashed(self, error: BaseException) -> None:
        """A mistake of ours, or memory that the system refused: its name is the run's last word."""
        slug = "memory" if isinstance(error, MemoryError) else "crashed"
        self.incomplete(slug, f"{type(error).__name__}: {error}")

    def statement(self) -> RunStatement:
        """The verdict (the first one given) with the run's figures."""
        last = self._verdict or RunStatement(
            complete=False, slug="crashed", reason="the spider ended without a verdict", failed=True
        )
        last.records = self.spool.records
        last.declared_total = self.declared_total
        last.requests = self.requests
        last.bytes = self.bytes
        last.seconds = round(time.monotonic() - self._started, 3)
        last.failures = self.failures
        last.validators = self.validators if last.complete else None
        last.changes_only = self.changes_only
        last.retry_after = 0.0 if last.complete else self.asked_to_wait
        return last

    def _conclude(self, statement: RunStatement) -> None:
        statement.reason = self.quiet(statement.reason)
        self._verdict = self._verdict or statement

    def _report(self) -> None:
        now = time.monotonic()
        if now - self._reported >= _PROGRESS_EVERY:
            self._reported = now
            self.progress(self.spool.records, self.bytes)


def progress_lines(stream: IO[bytes]) -> Callable[[int, int], None]:
    """Progress as JSON lines. When nobody listens any more the parent is dead, and the process ends here."""

    def report(records: int, received: int) -> None:
        try:
            stream.write(json.dumps({"records": records, "bytes": received}).encode() + b"\n")
            stream.flush()
        except BrokenPipeError:
            os._exit(1)  # no spool, no more requests: nobody would read them

    return report
