"""Where a walk through a catalogue service stands: what came, where to go on, whether it was everything."""

from dataclasses import dataclass, field

from harvesters.fetch_error import FetchError


@dataclass(slots=True)
class CswPages:
    """Paging by `startPosition` (from 1) over an order that others may change meanwhile.

    `fresh` counts records that no earlier page had brought, `needed` those first declared, less what was
    deleted since.
    """

    start: int = 1
    pages: int = 0
    fresh: int = 0
    matched: int | None = None
    needed: int = 0
    _again: bool = False
    _seen: set[str] = field(default_factory=set)

    def take(self, names: list[str], following: int | None, matched: int | None) -> bool:
        """Note a page: its records' identifiers ("" for none), `nextRecord` and `numberOfRecordsMatched`;
        whether to go on.

        Raises FetchError `page-repeated`, for a page of old records while others are still to come.
        """
        self.pages += 1
        again, self._again = self._again, False
        named = [name for name in names if name]
        repeated = sum(name in self._seen for name in named)
        if named and repeated == len(named) and not again:
            if self.matched is not None and self.fresh >= self.needed:
                return False
            raise FetchError("page-repeated", f"page {self.pages} brings only what came before")
        self._seen.update(named)
        self.fresh += len(names) - repeated
        if self._shrunk(matched):
            return True
        if not names:
            return False
        return self._goes_on(following, len(names))

    def is_short(self) -> bool:
        """Whether less came than was declared."""
        return self.matched is not None and self.fresh < self.needed

    def _goes_on(self, following: int | None, came: int) -> bool:
        """A `nextRecord` that leads back before everything came is one that nobody keeps right, and so is a
        total that is less than what came: then what came says where to go on."""
        behind = self.start + came
        if following == 0:
            return False
        total = self.matched if self.matched is not None and self.fresh <= self.matched else None
        if total is not None and self.fresh >= total and (following is None or following <= self.start):
            return False
        following = behind if following is None or following <= self.start else following
        if total is not None and following > total:
            return False
        self.start = following
        return True

    def _shrunk(self, matched: int | None) -> bool:
        """Records were deleted, and those behind them moved forward past the place already read: so many
        places before this page are read again."""
        before = self.matched
        if matched is None:
            return False
        self.matched = matched
        if before is None:
            self.needed = matched
            return False
        deleted = before - matched
        if deleted <= 0 or matched <= 0 or self.start <= 1:
            return False
        self.needed -= deleted
        self.start = max(1, self.start - deleted)
        self._again = True
        return True
