"""Where a harvest by offsets stands: what came, where to go on, whether it was everything."""

from dataclasses import dataclass, field

from harvesters.fetch_error import FetchError


@dataclass(slots=True)
class OffsetPages:
    """Paging by offset over an order that others change meanwhile.

    `rows` is asked for each time, and may silently be given less. `start` is where to go on: behind as many
    records as came that no earlier page had brought, and never more than were asked for. `fresh` counts all
    of those; an id on two lines of one page counts twice. `needed` is the total first declared, less what was
    deleted since: what is added during the run is the next run's.
    """

    rows: int
    start: int = 0
    pages: int = 0
    fresh: int = 0
    total: int | None = None
    needed: int = 0
    _longest: int = 0
    _again: bool = False
    _seen: set[str] = field(default_factory=set)

    def take(self, ids: list[str], total: int | None) -> bool:
        """Note a page and the total it declares; whether there may be more.

        Raises FetchError `page-repeated`, for a page of old ids while something is still to come.
        """
        self.pages += 1
        again, self._again = self._again, False
        named = [name for name in ids if name]
        repeated = sum(name in self._seen for name in named)
        if named and repeated == len(named) and not again:
            if self.total and self.fresh >= self.needed:
                return False  # the end, read twice
            raise FetchError("page-repeated", f"page {self.pages} brings only what came before")
        self._seen.update(named)
        self.fresh += len(ids) - repeated
        if self._shrunk(total):
            return True
        full = len(ids) >= (self._longest or self.rows)
        self._longest = max(self._longest, len(ids))
        self.start += min(len(ids) if again else len(ids) - repeated, self.rows)
        return bool(ids) and (full or self.start != self.total)

    def is_short(self) -> bool:
        """Whether less came than was declared."""
        return self.total is not None and self.fresh < self.needed

    def _shrunk(self, total: int | None) -> bool:
        """A total that fell means that records were deleted, and those behind them moved forward past the
        place already read: that many places before this page are read again."""
        before = self.total
        if total is None:
            return False
        self.total = total
        if before is None:
            self.needed = total
            return False
        deleted = before - total
        if not 0 < deleted <= self.rows or not self.start > 0 or total <= 0:
            return False
        self.needed -= deleted
        self.start = max(0, self.start - deleted)
        self._again = True
        return True
