"""What the detection of a portal's type is made of: answers, probes, findings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from harvesters.json_faults import JsonStreamError
from harvesters.json_stream import JsonStream
from harvesters.unicode_body import as_utf8

PREFIX = 64 * 1024
"""Bytes of an answer that are read."""


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer to a probe: the URL after redirects, header names in lower case, the body's beginning.

    `trouble` says why there is none.
    """

    url: str
    status: int = 0
    headers: Mapping[str, str] | None = None
    beginning: bytes = b""
    trouble: str = ""

    def seen(self) -> str:
        """What came, in a few words."""
        if self.trouble:
            return self.trouble
        kind = (self.headers or {}).get("content-type", "no content type").partition(";")[0]
        return f"status {self.status}, {kind}"


@dataclass(frozen=True, slots=True)
class Finding:
    """A recognised portal: its type, the URL for its entry, and the sentence that says why.

    `records` is how many there are, or how many the beginning of the answer shows; `keys` are further keys
    for the entry. `then` is one more question, where the answer tells the type but not these: what its judge
    finds takes this one's place.
    """

    type: str
    url: str
    evidence: str
    records: int | None = None
    keys: dict[str, Any] = field(default_factory=dict)
    then: "Probe | None" = None


@dataclass(frozen=True, slots=True)
class Probe:
    """One question, and who judges its answer. What is `likely`, seen from the operator's address, is asked
    before what is merely usual."""

    url: str
    judge: Callable[[Answered], Finding | None]
    likely: bool = False


def root_of(url: str) -> str:
    """The site's root, with a closing slash."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/"


def folder_of(url: str) -> str:
    """The folder an address lies in, with a closing slash."""
    return url.partition("?")[0].rpartition("/")[0] + "/"


def first_record(
    answer: Answered, list_key: str, inside: str = "", seen: list[Any] | None = None
) -> tuple[JsonStream | None, dict[str, Any] | None]:
    """The stream read as far as the beginning goes, and its first object; (None, None) if it is no JSON.
    `seen` takes every object of the beginning."""
    if answer.status != 200:
        return None, None
    stream = JsonStream(as_utf8(iter([answer.beginning])), list_key, inside=inside)
    first: dict[str, Any] | None = None
    try:
        for element in stream.elements():
            first = first or element.value
            if seen is not None:
                seen.append(element.value)
    except JsonStreamError as error:
        if error.slug != "cut":
            return None, None
    return stream, first
