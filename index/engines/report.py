"""What an engine tells about itself, for the person who looks after it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Fact = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something about an engine that a person should mend: what it is, and what to do next."""

    what: str
    advice: str


@dataclass(frozen=True, slots=True)
class EngineReport:
    """An engine as it is now.

    `facts` are plain values by name, in the order people read them: its version, its health, how many
    documents and bytes. No secret is among them. `troubles` is empty for an engine that is well.
    """

    facts: Mapping[str, Fact] = field(default_factory=dict)
    troubles: tuple[Trouble, ...] = ()
