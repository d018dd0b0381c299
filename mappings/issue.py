"""What is wrong with a published value, said so that a data officer can mend it.

An issue never stops a record: the value is left out (or repaired), the issue says so. A record that
cannot be mapped at all raises `Unmappable` and is quarantined with the same kind of slug.
"""

from dataclasses import dataclass, field

RECORD_TEXT = 4 * 1024**2
"""Characters of all texts of one record that are read: at about a microsecond each, the worst takes seconds.
A record of 8,327 distributions, each with a title and a description, has a million."""
MESSAGE_LIMIT = 300
"""Characters of a message: enough to show the value, never a whole description."""
NOT_REMAPPED = "not-remapped"
"""Slug of a stored record that the present mappings cannot take: it is shown as earlier ones mapped it."""


@dataclass(frozen=True, slots=True)
class Issue:
    """One finding: a stable slug (listed in `mappings.slugs`), the published field, a sentence."""

    slug: str
    field: str
    message: str


@dataclass(slots=True)
class IssueLog:
    """Collects the issues of one record while it is mapped."""

    issues: list[Issue] = field(default_factory=list)
    text_left: int = RECORD_TEXT

    def room_for(self, text: str, field_name: str) -> bool:
        """Whether one more text of the record may be read. Logs `too-much-text` for one that may not."""
        if self.text_left <= 0:
            self.add("too-much-text", field_name, f"{field_name}: the record's texts together are too long")
            return False
        self.text_left -= len(text)
        return True

    def add(self, slug: str, field_name: str, message: str) -> None:
        """Note a finding; the message is cut to `MESSAGE_LIMIT` characters."""
        if len(message) > MESSAGE_LIMIT:
            message = message[: MESSAGE_LIMIT - 1] + "…"
        self.issues.append(Issue(slug, field_name, message))


class Unmappable(Exception):
    """A record that cannot become a dataset; it is quarantined under `slug`."""

    def __init__(self, slug: str, message: str) -> None:
        super().__init__(f"{slug}: {message}")
        self.slug = slug
        self.message = message
