"""A portal's entry: what the operator states about one source."""

from dataclasses import dataclass, field
from typing import Any

LEVELS: tuple[str, ...] = ("state", "county", "city", "federal", "other")


@dataclass(frozen=True, slots=True)
class Portal:
    """One `[[portal]]` of portals.toml. Defaults are the contract's; `options` holds type-specific keys.

    `max_delete` is a share of the previous records, `grace_days` the days between the two complete runs
    a record must be missing from, times are in seconds, `max_bytes` counts bytes on disk. `take_turns` says
    whether a portal of one's own (`allow_private`) is asked by one source at a time, as all others are.
    `folder` is no key: where `url` is a path, it is the folder of the portals file, which it is relative to.
    """

    id: str
    type: str
    url: str
    title: str = ""
    jurisdiction: str = ""
    level: str = "other"
    schedule: str = "daily"
    expected_minimum: int = 0
    allow_private: bool = False
    max_delete: float = 0.10
    grace_days: float = 7
    robots: str = "api"
    take_turns: bool = True
    rules: dict[str, Any] = field(default_factory=dict)
    request_timeout: float = 60
    run_budget: float = 3600
    max_bytes: int = 4 * 1024**3
    max_pages: int = 100_000
    auth: dict[str, str] | None = None
    options: dict[str, Any] = field(default_factory=dict)
    folder: str = ""
