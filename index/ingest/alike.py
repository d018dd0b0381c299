"""Are these two the same dataset? The evidence in two signatures, graded.

Nothing here knows more than one pair and how common its title is; that a pair is the only one of its grade is
asked of all pairs together (`index.ingest.renames`).
"""

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

from mappings.signature import Signature, likeness

SAME_TEXT = 0.8
"""Likeness of two descriptions from which on they are one text, edited."""
OTHER_TEXT = 0.5
"""Likeness up to which two descriptions speak of different things."""
SUBSTANTIAL = 8
"""Words from which on a description is unlikely to be another dataset's as well."""
FACTS = 2
"""Fields beside the title that must agree before equal contents mean one dataset."""
TITLE_WORDS = 0.6
"""Share of the words of both that two titles must have in common to be one, edited."""
MOMENT = len("2020-01-01T00:00")
"""From this precision on, two datasets of one portal hardly have the same date of issue."""


class Grade(IntEnum):
    """How sure it is, the surest first: all is the same; the identifier was only spelt anew; the title is the
    same, and the URLs name the same thing; or it was issued at the same minute; title and description are the
    same; one of them was edited. The last two count only while a whole portal moves house."""

    EXACT = 1
    NAMED = 2
    LINKED = 3
    ISSUED = 4
    TOLD = 5
    CLOSE = 6
    MOVED = 7
    TITLED = 8


@dataclass
class Pair:
    """A record as seen and one as stored. `unique`: no other dataset of the portal, stored or seen, has this
    title. `wholesale`: most of the portal's identifiers are gone and as many came."""

    seen: Signature
    stored: Signature
    unique: bool
    wholesale: bool

    def grade(self) -> Grade | None:
        """How sure it is that both are one dataset; None: not enough to say so.

        Another number, year or month in the title is another edition, whatever else agrees.
        """
        if self.seen.title_marks != self.stored.title_marks:
            return None
        for grade, holds in (
            (Grade.EXACT, self._is_exact),
            (Grade.NAMED, self._is_named),
            (Grade.LINKED, lambda: self.titled and self.names),
            (Grade.ISSUED, self._is_issued),
        ):
            if holds():
                return grade
        return None if self.other_edition else self._by_text()

    def overlap(self) -> int:
        """How many names and places both have: what tells records of one grade apart."""
        names = set(self.seen.names) & set(self.stored.names)
        return len(names) + len(set(self.seen.places) & set(self.stored.places))

    def unlike(self) -> bool:
        """Does the identifier seem to name another thing now than it did before?"""
        if self.seen.exact == self.stored.exact or self.same_moment:
            return False
        if self.titled:
            return not self.unique and self.likeness <= OTHER_TEXT
        return not self.alike_titles and self.likeness < SAME_TEXT

    def settled(self) -> bool:
        """Does the identifier name what it did before, as far as title, description and date tell?"""
        one, other = self.seen.issued, self.stored.issued
        return self.titled and self.likeness >= SAME_TEXT and (not one or not other or one == other)

    @cached_property
    def titled(self) -> bool:
        """The same title."""
        return self.seen.title == self.stored.title

    @cached_property
    def alike_titles(self) -> bool:
        """Most words of the titles are the same, singular and plural taken for one."""
        one = {word.removesuffix("s") for word in self.seen.title_words}
        other = {word.removesuffix("s") for word in self.stored.title_words}
        return self.titled or (bool(one) and len(one & other) >= TITLE_WORDS * len(one | other))

    @cached_property
    def likeness(self) -> float:
        """Of the descriptions."""
        return likeness(self.seen, self.stored)

    @cached_property
    def same_moment(self) -> bool:
        """Issued at the same minute."""
        return len(self.seen.issued) >= MOMENT and self.seen.issued == self.stored.issued

    @cached_property
    def names(self) -> bool:
        """A name of the thing itself stands in the URLs of both."""
        return _share(self.seen.names, self.stored.names)

    @cached_property
    def places(self) -> bool:
        """A path stands in the URLs of both."""
        return _share(self.seen.places, self.stored.places)

    @cached_property
    def other_edition(self) -> bool:
        """Do they differ in what tells the editions of a series apart: the numbers of an otherwise equal
        description, the years and months of a like one, the period covered, the years in their URLs?"""
        seen, stored = self.seen, self.stored
        if (seen.period and stored.period and seen.period != stored.period) or self._other_years():
            return True
        if not seen.description or not stored.description or seen.marks == stored.marks:
            return False
        if seen.pattern == stored.pattern:
            return True
        mine, yours = set(seen.dates), set(stored.dates)
        return bool(mine - yours and yours - mine) and self.likeness > OTHER_TEXT

    def _is_exact(self) -> bool:
        """All that counts as content is the same, and that is not little."""
        if not self.titled or self.seen.exact != self.stored.exact or self.seen.facts < FACTS:
            return False
        return self.same_moment or not self._other_years()

    def _is_named(self) -> bool:
        """The identifier itself was only spelt anew, and something of the content says the same."""
        if self.seen.name != self.stored.name and not _share(self.seen.own_names, self.stored.own_names):
            return False
        return self.alike_titles or self.likeness >= SAME_TEXT or self.same_moment

    def _is_issued(self) -> bool:
        """The title is the same and so is the minute it was issued, and it speaks of the same."""
        topic = self.likeness > OTHER_TEXT or _share(self.seen.keywords, self.stored.keywords)
        return self.titled and self.same_moment and topic

    def _by_text(self) -> Grade | None:
        if self._is_told():
            return Grade.TOLD
        if self._is_close():
            return Grade.CLOSE
        if self.wholesale and self.titled and self.unique:
            return Grade.MOVED if self._has_something() else Grade.TITLED
        return None

    def _is_told(self) -> bool:
        """The description is the same, the title at least alike, and something else is the same, too."""
        if not self.seen.description or self.seen.description != self.stored.description:
            return False
        if self.titled:
            return self.places or (self.unique and self._has_fact())
        sure = self.same_moment or self.names
        return sure and self.seen.description_words >= SUBSTANTIAL and self.alike_titles

    def _is_close(self) -> bool:
        """The title is the same and the description was edited, or the other way round."""
        if self.titled:
            return self.unique and self.likeness >= SAME_TEXT and self._has_fact()
        return self.alike_titles and self.names and (self.likeness >= SAME_TEXT or self.same_moment)

    def _has_fact(self) -> bool:
        seen, stored = self.seen, self.stored
        return (
            self.same_moment
            or self.places
            or _same(seen.keywords, stored.keywords)
            or _same(seen.modified, stored.modified)
        )

    def _has_something(self) -> bool:
        seen, stored = self.seen, self.stored
        keywords = _share(seen.keywords, stored.keywords)
        return (
            self.likeness > OTHER_TEXT
            or self.places
            or _same(seen.issued[:10], stored.issued[:10])
            or (len(seen.keywords) > 1 and seen.keywords == stored.keywords)
            or (keywords and _same(seen.extent, stored.extent))
        )

    def _other_years(self) -> bool:
        years = self.seen.years, self.stored.years
        return all(years) and not _share(*years)


def _share(one: list[str] | list[int], other: list[str] | list[int]) -> bool:
    return not set(one).isdisjoint(other)


def _same(one: object, other: object) -> bool:
    return bool(one) and one == other
