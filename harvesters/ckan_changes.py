"""What a CKAN portal can be asked for instead of everything: the packages that have changed.

The moment to ask from is the portal's own: of a full run the moment it began by the portal's clock, or its
latest `metadata_modified` where that is earlier (some portals write local time into a field that is UTC).
All runs until the next full one ask from there on, so that none depends on the one before.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from scrapy.http import Response

from harvesters.fetch_error import FetchError
from harvesters.http_date import http_date
from harvesters.portal import Portal
from harvesters.schedule import HINT, period
from mappings.source_record import Validators

OVERLAP = timedelta(hours=1)
"""Asked for twice: clocks differ, and a search index lags behind its database."""
_FIELD = "metadata_modified"


@dataclass(slots=True)
class Changes:
    """`address` is what is asked, `wanted` whether the entry lets runs ask for changes only; `since` is None
    in a full run."""

    address: str
    wanted: bool
    since: datetime | None = None
    _begun: datetime | None = None
    _latest: datetime | None = None
    _undated: bool = False

    @classmethod
    def of(cls, portal: Portal, address: str, known: Validators | None) -> "Changes":
        """What the entry's `sweep` allows and the last full run left. Raises FetchError `bad-option`."""
        sweep = portal.options.get("sweep")
        if sweep is None:
            return cls(address, wanted=False)
        try:
            every = period(sweep) if isinstance(sweep, str) else None
        except ValueError:
            every = None
        if every is None:
            raise FetchError("bad-option", f"sweep: {HINT.replace('never, ', '')}; it is {sweep!r}")
        since = None
        if known is not None and known.url == address:
            since = _moment(known.last_modified)
        overlap = max(OVERLAP, timedelta(seconds=portal.run_budget))
        return cls(address, wanted=True, since=since - overlap if since else None)

    def narrowed(self, fq: str | None) -> str | None:
        """The Solr filter of the entry and that of the changes."""
        if self.since is None:
            return fq
        changed = f"{_FIELD}:[{self.since:%Y-%m-%dT%H:%M:%S}Z TO *]"
        return f"({fq}) AND {changed}" if fq else changed

    def begin(self, response: Response) -> None:
        """Note when the portal says that the run began: at its first answer."""
        if self._begun is None:
            said = http_date((response.headers.get("Date") or b"").decode("latin-1"))
            self._begun = min(said or datetime.now(UTC), datetime.now(UTC))

    def see(self, package: dict[str, Any]) -> None:
        """Note when a package of a full run was last changed."""
        moment = _moment(package.get(_FIELD))
        if moment is None:
            self._undated = True
        elif self._latest is None or moment > self._latest:
            self._latest = moment

    def to_ask_from(self) -> Validators | None:
        """What the next run may ask from; None where a package does not say when it changed."""
        if not self.wanted or self.since is not None or self._undated or not (self._begun and self._latest):
            return None
        return Validators(self.address, None, min(self._begun, self._latest).isoformat())


def _moment(raw: Any) -> datetime | None:
    """UTC where no zone is said, which CKAN never does."""
    if not isinstance(raw, str) or not 10 <= len(raw) <= 40:
        return None
    try:
        moment = datetime.fromisoformat(raw)
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return moment if moment.year > 1 else None
