"""What a recorded connection may be. One that is none of this fails the run."""

import json
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any

_FAR = "a connection that leaves this machine; tests reach loopback only"
_BLIND = "Python started with an option that keeps the recorder out of it"
_UNCHECKED = "a fetching process connects where its guard (Egress.check) has not just let it pass"
_BYPASS = "the product connects by itself: not in a fetching process, not to the configured engine"


def judge(entry: dict[str, Any]) -> str | None:
    """Which rule a recorded line breaks; None for a connection that may be."""
    if entry["what"] == "blind":
        return _BLIND
    if entry["network"] and not _is_loopback(entry["host"]):
        return _FAR
    if entry["role"] == "fetching":
        return None if entry["passed"] else _UNCHECKED
    if entry["role"] == "product":
        return None if entry["configured"] else _BYPASS
    if entry["product"] and not (entry["configured"] or entry["passed"]):
        return _BYPASS
    return None


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def recorded(folder: Path) -> Iterator[dict[str, Any]]:
    """Every line of every process. A process killed while it wrote leaves half a line, its last."""
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                yield json.loads(line)
            except ValueError:
                continue


def complaint(entry: dict[str, Any], rule: str) -> str:
    """What somebody needs to find it: the rule, the process, the address, the test, the stack."""
    lines = [
        f"{rule}:",
        f"  {entry['what']} to {entry['host']} port {entry['port']}",
        f"  by process {entry['pid']}: {entry['process']}",
        f"  in {entry['test'] or 'no test that it knows of'}",
        *(f"    {frame}" for frame in entry["stack"]),
    ]
    return "\n".join(lines)


def complaints(folder: Path) -> list[str]:
    """All that is wrong in a folder of records, each kind of call once."""
    found: dict[tuple[object, ...], str] = {}
    for entry in recorded(folder):
        rule = judge(entry)
        if rule:
            found.setdefault((rule, *entry["stack"][:3]), complaint(entry, rule))
    return list(found.values())
