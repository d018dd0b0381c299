"""Reads docker-compose.yml without a YAML library: the part of YAML that the file keeps to.

Mappings by indentation, lists of scalars, flow lists and mappings, plain and double-quoted scalars, comments,
`&anchor`, `*alias` and the merge key `<<`. Anything else is an error, so that the file stays that simple.
"""

import json
import re
from pathlib import Path
from typing import Any

_KEY = re.compile(r"(?P<key><<|[A-Za-z_][\w.-]*):(?:\s+(?P<rest>.*))?")
_FLOW = re.compile(
    r'\s*("(?:[^"\\]|\\.)*"|[\[\]{},]|:\s|[^\s\[\]{},:"][^\[\]{},:"]*(?::[^\s][^\[\]{},:"]*)*)'
)


def read_compose(path: Path) -> dict[str, Any]:
    """The file as plain values: every scalar a text, as Compose takes it, except true and false."""
    lines = [
        (len(line) - len(line.lstrip()), _without_comment(line.strip()))
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip() and not line.lstrip().startswith("#")
    ]
    reader = _Reader(lines)
    document = reader.mapping(0)
    assert reader.at == len(lines), f"cannot read: {lines[reader.at]}"
    return document


class _Reader:
    def __init__(self, lines: list[tuple[int, str]]) -> None:
        self.lines, self.at, self.anchors = lines, 0, dict[str, Any]()

    def block(self, indent: int) -> Any:
        return self.sequence(indent) if self.lines[self.at][1].startswith("- ") else self.mapping(indent)

    def mapping(self, indent: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        while self.at < len(self.lines) and self.lines[self.at][0] == indent:
            match = _KEY.fullmatch(self.lines[self.at][1])
            assert match, f"no key: {self.lines[self.at]}"
            self.at += 1
            value = self.value(match["rest"] or "", indent)
            if match["key"] == "<<":
                merged = value
                continue
            assert match["key"] not in found, f"twice: {match['key']}"
            found[match["key"]] = value
        return {**merged, **found}

    def value(self, rest: str, indent: int) -> Any:
        anchor = re.match(r"&(\S+)\s*", rest)
        if anchor:
            rest = rest[anchor.end() :]
        inner = self.lines[self.at][0] if self.at < len(self.lines) else 0
        value = scalar(rest, self.anchors) if rest else self.block(inner) if inner > indent else None
        if anchor:
            self.anchors[anchor[1]] = value
        return value

    def sequence(self, indent: int) -> list[Any]:
        found = []
        while self.at < len(self.lines) and self.lines[self.at][0] == indent:
            text = self.lines[self.at][1]
            assert text.startswith("- "), f"no item: {text}"
            found.append(scalar(text[2:], self.anchors))
            self.at += 1
        return found


def scalar(text: str, anchors: dict[str, Any]) -> Any:
    """One value that stands on one line."""
    if text.startswith("*"):
        return anchors[text[1:]]
    if text[0] in "[{":
        tokens = [token.strip() for token in _FLOW.findall(text)]
        value, rest = _flow(tokens)
        assert not rest, f"too much behind {text}"
        return value
    if text.startswith('"'):
        return json.loads(text)
    assert not re.match(r"['|>!%@`&]|.*: ", text), f"cannot read {text!r}"
    return {"true": True, "false": False}.get(text, text)


def _flow(tokens: list[str]) -> tuple[Any, list[str]]:
    first, rest = tokens[0], tokens[1:]
    if first not in "[{":
        return scalar(first, {}), rest
    items: list[Any] = []
    pairs: dict[str, Any] = {}
    while rest[0] not in "]}":
        value, rest = _flow(rest)
        if first == "{":
            assert rest[0] == ":", f"no value for {value}"
            pairs[value], rest = _flow(rest[1:])
        else:
            items.append(value)
        if rest[0] == ",":
            rest = rest[1:]
    return (pairs if first == "{" else items), rest[1:]


def _without_comment(line: str) -> str:
    return re.sub(r"\s+#[^\"']*$", "", line)
