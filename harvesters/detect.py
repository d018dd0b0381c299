"""Finding out a portal's type from its address, for `source add URL`.

The questions are asked by a child process like every fetch, through the same egress layer.
"""

import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from harvesters.children import end_child, kill_child, last_words, start_child
from harvesters.leash import Leash
from harvesters.limits import Limits
from harvesters.portal import Portal
from harvesters.watch import Watch

_BUDGET = 45.0
_PATIENCE = 10.0
"""Seconds for all probes, and for each: an operator waits at a terminal."""
_MEMORY = 256 * 1024**2


class DetectionError(Exception):
    """The address is no portal of a known type; the message lists what was seen at each probe."""


@dataclass(slots=True)
class Detected:
    """A portal's type, the address for its entry, and the sentences that say why."""

    type: str
    url: str
    evidence: list[str]


@dataclass(slots=True)
class Report:
    """What the child says at its end; `type` is empty when nothing was recognised."""

    seen: list[str]
    type: str = ""
    url: str = ""
    evidence: str = ""


def detect(
    url: str,
    *,
    allow_private: bool = False,
    user_agent: str = "hubsearch",
    auth: dict[str, str] | None = None,
    secrets: Mapping[str, str] | None = None,
) -> Detected:
    """Ask the portal at `url` (an address without a scheme is taken as https).

    `auth` is as in a portal's entry; `secrets` holds the variables it names, where the environment does not.

    Raises:
        DetectionError: nothing that answers is of a known type, or nothing answers.
    """
    address = url if "://" in url else f"https://{url}"
    portal = Portal(
        "detect",
        "detect",
        address,
        allow_private=allow_private,
        auth=auth,
        request_timeout=_PATIENCE,
        run_budget=_BUDGET,
    )
    with tempfile.TemporaryDirectory(prefix="hubsearch-detect-") as folder:
        report = _ask(portal, Path(folder), user_agent, secrets or {})
    if not report.type:
        seen = "\n".join(f"  {line}" for line in report.seen) or "  nothing"
        raise DetectionError(
            f"no known type of portal at {address}; seen:\n{seen}\n"
            "Name the type with --type, or give the address of the catalogue itself."
        )
    return Detected(report.type, report.url, [report.evidence])


def _ask(portal: Portal, folder: Path, user_agent: str, secrets: Mapping[str, str]) -> Report:
    job = {
        "portal": portal,
        "user_agent": user_agent,
        "spool": str(folder / "x.spool"),
        "work": str(folder),
        "limits": Limits(int(_BUDGET), 2 * _MEMORY, _MEMORY),
    }
    log = folder / "child.log"
    with log.open("wb") as file:
        child = start_child(msgspec.json.encode(job), file, Leash(), secrets)
        watch = Watch(child, time.monotonic() + _BUDGET + _PATIENCE, _MEMORY)
        try:
            ended = watch.until_the_end()
            status = end_child(child)
        finally:
            kill_child(child)
    if ended is not None:
        return Report([ended[1]])
    if status or not watch.answer:
        raise DetectionError(f"asking {portal.url} failed: {last_words(log)}")
    return msgspec.json.decode(watch.answer, type=Report)
