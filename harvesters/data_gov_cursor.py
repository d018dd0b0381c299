"""Where a harvest along a cursor stands: what came, whether it moves on, whether it was read before."""

from dataclasses import dataclass, field

from harvesters.fetch_error import FetchError

EMPTY = 3
"""Pages without a result that are followed one after the other while a further cursor is named."""


@dataclass(slots=True)
class CursorPages:
    """Paging by a cursor that the portal names in each answer and that may expire.

    `after` is the cursor to ask with next. `begin_again` starts over, once: what was read before is told by
    its mark (a hash of identifier and digest), so that it is neither stored nor taken for a repeated page.
    """

    after: str = ""
    pages: int = 0
    restarted: bool = False
    _read: set[int] = field(default_factory=set)
    _new: set[int] = field(default_factory=set)
    _cursors: set[str] = field(default_factory=set)
    _signatures: set[int] = field(default_factory=set)
    _empty: int = 0

    def is_new(self, mark: int) -> bool:
        """Whether no earlier page brought this record as it is; two on one page are both new."""
        if mark in self._read:
            return False
        self._new.add(mark)
        return True

    def take(self, marks: list[int], after: str) -> bool:
        """Note a page that was spooled, and the cursor it names; whether there is more.

        Raises FetchError `page-repeated`: the portal goes round, stands still, or sends nothing for ever.
        """
        self.pages += 1
        signature = hash(tuple(marks))
        known = bool(marks) and not self._new and not self.restarted
        if marks and (signature in self._signatures or known):
            raise FetchError("page-repeated", f"page {self.pages} brings only what came before")
        self._signatures.add(signature)
        self._read |= self._new
        self._new.clear()
        self._empty = 0 if marks else self._empty + 1
        if not after:
            return False
        if after == self.after or after in self._cursors:
            raise FetchError(
                "page-repeated", f"the cursor of page {self.pages} leads back to an earlier page"
            )
        if self._empty >= EMPTY:
            raise FetchError("page-repeated", f"{EMPTY} pages in a row are empty, and another is named")
        self._cursors.add(after)
        self.after = after
        return True

    def begin_again(self) -> bool:
        """Start over behind an expired cursor; False where there is none, or it was done before."""
        if self.restarted or not self.after:
            return False
        self.restarted = True
        self.after, self._empty = "", 0
        self._cursors.clear()
        self._signatures.clear()
        self._read |= self._new
        self._new.clear()
        return True
