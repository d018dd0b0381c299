"""No regular expression that reads what portals or visitors send takes more than linear time.

Patterns are found in the sources, also those written where they are used, and run over texts made of their
own characters, repeated. One that only sees short texts stands in `SHORT` with the limit that makes it so.
"""

import ast
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("mappings", "harvesters", "index", "dcat", "search_api")
LENGTH = 4_000
SECONDS = 0.15
"""Of the processor, for one text: linear patterns take less than a millisecond, quadratic ones 0.2 s."""

SHORT: dict[str, int] = {
    "mappings/dates.py": 64,  # DATE_LIMIT
    "mappings/date_spellings.py": 64,
    "mappings/date_parts.py": 64,
    "mappings/temporal.py": 200,  # _LIMIT
    "mappings/frequencies.py": 200,
    "mappings/formats.py": 200,
    "mappings/sizes.py": 50,
    "mappings/languages.py": 1_000,
    "mappings/emails.py": 1_000,
    "mappings/keywords.py": 1_000,  # LINE_LIMIT
    "mappings/urls.py": 4_097,
    "mappings/review.py": 1_000,
    "mappings/identity.py": 2_000,
    "mappings/spatial.py": 1_000,
    "mappings/resource_types.py": 200,
    "mappings/creative_commons.py": 16_384,
    "mappings/licences.py": 16_384,
    "mappings/dcat_us_offers.py": 4_096,
    "mappings/socrata_metadata.py": 100,
    "mappings/socrata_offers.py": 300,
    "mappings/crosswalks/socrata.py": 1_000,
    "index/query": 512,
}
"""Characters that reach the patterns of a file, where a limit stands before all of them."""

BEHIND_NH3 = ('<[^>"]*(?:"[^"]*"[^>"]*)*>',)
"""They only see what nh3 wrote: every `<` begins a tag that ends."""


def _folded(node: ast.expr, known: dict[str, str | bytes]) -> str | bytes | None:
    """The value of a pattern's expression: a literal, a sum, an f-string of known names."""
    if isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes)):
        return node.value
    if isinstance(node, ast.Name):
        return known.get(node.id)
    if isinstance(node, ast.JoinedStr):
        parts = [_folded(p.value if isinstance(p, ast.FormattedValue) else p, known) for p in node.values]
        texts = [part for part in parts if isinstance(part, str)]
        return "".join(texts) if len(texts) == len(parts) else None
    return None


def patterns() -> Iterator[tuple[str, str | bytes, int]]:
    """(file and line, pattern, flags) of every `re` call with a pattern that can be read off."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            name = str(path.relative_to(ROOT))
            known: dict[str, str | bytes] = {}
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                    value = _folded(node.value, known)
                    known |= {} if value is None else {node.targets[0].id: value}
                if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
                    continue
                if isinstance(node.func.value, ast.Name) and node.func.value.id == "re":
                    pattern = _folded(node.args[0], known)
                    if pattern is not None and node.func.attr != "escape":
                        yield f"{name}:{node.lineno}", pattern, _flags(node)


def _flags(call: ast.Call) -> int:
    flags = 0
    for node in ast.walk(call):
        if isinstance(node, ast.Attribute) and node.attr.isupper():
            flags |= getattr(re, node.attr, 0)
    return flags


def pumps(pattern: str, length: int) -> Iterator[str]:
    """Texts of a pattern's own characters, alone and in pairs, with an end that fits nothing."""
    own = re.sub(r"\\[a-zA-Z]|\(\?[a-zA-Z:=!<>+-]*|[\[\](){}|*+?^$\\]", "", pattern)
    signs = list(dict.fromkeys([*own[:400], " ", "a", "0", "<", "é"]))[:10]
    for first in signs:
        yield first * length + "\x00"
    for first in signs[:7]:
        for second in signs[:7]:
            if first != second:
                yield (first + second) * (length // 2) + "\x00"


FOUND = list(patterns())


def test_patterns_are_found() -> None:
    assert len(FOUND) > 80
    assert any(place.startswith("mappings/markup.py") for place, _, _ in FOUND)


@pytest.mark.parametrize("package", PACKAGES)
def test_no_pattern_takes_more_than_linear_time(package: str) -> None:
    slow = []
    for place, pattern, flags in FOUND:
        if not place.startswith(f"{package}/"):
            continue
        if pattern in BEHIND_NH3:
            continue
        length = next((limit for file, limit in SHORT.items() if place.startswith(file)), LENGTH)
        length = min(length, LENGTH)
        worst = _worst(pattern, flags, length)
        if worst > SECONDS:
            slow.append(f"{place}: {worst:.1f} s: {pattern!r}")
    assert slow == []


def _worst(pattern: str | bytes, flags: int, length: int) -> float:
    compiled = re.compile(pattern, flags)
    text = pattern if isinstance(pattern, str) else pattern.decode("latin-1")
    worst = 0.0
    for pump in pumps(text, length):
        data = pump if isinstance(pattern, str) else pump.encode("latin-1", "replace")
        begun = time.process_time()
        compiled.search(data)  # type: ignore[arg-type]
        compiled.fullmatch(data)  # type: ignore[arg-type]
        worst = max(worst, time.process_time() - begun)
        if worst > SECONDS:
            break
    return worst
