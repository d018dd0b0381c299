"""Finding out a portal's type from its address, for `source add URL`.

The questions are asked by a child process like every fetch, through the same egress layer, in turn with other
fetches at the same host, and as robots.txt wants it.
"""

import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec

from harvesters.children import end_child, last_words, start_child
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
    """A portal's type, the address for its entry, and the sentences that say why; how many records it shows,
    where that is known, and further keys for the entry."""

    type: str
    url: str
    evidence: list[str]
    records: int | None = None
    keys: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Report:
    """What the child says at its end; `type` is empty when nothing was recognised."""

    seen: list[str]
    type: str = ""
    url: str = ""
    evidence: str = ""
    records: int | None = None
    keys: dict[str, Any] = field(default_factory=dict)


def detect(
    portal: Portal,
    *,
    user_agent: str = "hubsearch",
    secrets: Mapping[str, str] | None = None,
    hosts: Path | None = None,
) -> Detected:
    """Ask the portal of an entry whose type is not known yet; the entry's type and budgets do not count.

    `secrets` holds the variables its `auth` names, where the environment does not. In the folder `hosts` the
    questions take turns with other fetches at the same host.

    Raises:
        DetectionError: nothing that answers is of a known type, or nothing answers.
    """
    probed = replace(portal, type="detect", request_timeout=_PATIENCE, run_budget=_BUDGET)
    with tempfile.TemporaryDirectory(prefix="hubsearch-detect-") as folder:
        report = _ask(probed, Path(folder), user_agent, secrets or {}, hosts)
    if not report.type:
        seen = "\n".join(f"  {line}" for line in report.seen) or "  nothing"
        raise DetectionError(
            f"no known type of portal at {portal.url}; seen:\n{seen}\n"
            "Name the type with --type, or give the address of the catalogue itself."
        )
    return Detected(report.type, report.url, [report.evidence], report.records, report.keys)


def _ask(
    portal: Portal, folder: Path, user_agent: str, secrets: Mapping[str, str], hosts: Path | None
) -> Report:
    job = {
        "portal": portal,
        "user_agent": user_agent,
        "spool": str(folder / "x.spool"),
        "work": str(folder),
        "limits": Limits(int(_BUDGET), 2 * _MEMORY, _MEMORY),
        "hosts": str(hosts.resolve()) if hosts else None,
    }
    log = folder / "child.log"
    with log.open("wb") as file:
        child = start_child(msgspec.json.encode(job), file, Leash(), secrets)
        watch = Watch(child, time.monotonic() + _BUDGET + _PATIENCE, _MEMORY)
        try:
            ended = watch.until_the_end()
            status = end_child(child)
        finally:
            child.kill()
    if ended is not None:
        return Report([ended[1]])
    if status or not watch.answer:
        raise DetectionError(f"asking {portal.url} failed: {last_words(log)}")
    return msgspec.json.decode(watch.answer, type=Report)
