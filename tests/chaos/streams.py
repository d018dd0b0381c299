"""Scenarios of the wire: silence, dripping, floods, and bytes that are no proper HTTP."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain, repeat

from tests.chaos.layer import Turn, Wire
from tests.chaos.scenario import KEEP, OK, UNREAD, After, Scenario
from tests.portals import Answer


def stalls_at_the_end(turn: Turn) -> Wire:
    length = len(turn.reply.body)
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % length
    return Wire((head, turn.reply.body[:-20]), stays=True)


def interim(turn: Turn) -> Wire:
    return Wire(repeat(b"HTTP/1.1 102 Processing\r\n\r\n", 2_000), stays=True)


def headers(number: int, line: bytes) -> Callable[[Turn], Wire]:
    """So many of these lines, and the good answer behind them."""

    def disturb(turn: Turn) -> Wire:
        noise = repeat(line * 1_000, number // 1_000)
        return Wire(chain((b"HTTP/1.1 200 OK\r\n",), noise, (b"\r\n", turn.reply.body)))

    return disturb


def one_header(turn: Turn) -> Wire:
    return Wire(chain((b"HTTP/1.1 200 OK\r\nX-Noise: ",), repeat(b"n" * 65_536)))


def trailers(turn: Turn) -> Wire:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n" % len(turn.reply.body)
    return Wire(chain((head, turn.reply.body, b"\r\n0\r\n"), repeat(b"X-Noise: n\r\n" * 1_000)))


def headers_too_large(after: After) -> None:
    """Refused for what it is, not for the memory or the time it took."""
    assert after.run.slug == "headers-too-large"
    assert len(after.turns) == 1, "it is not asked again"


def two_lengths(turn: Turn) -> Wire:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: %d\r\n\r\n" % len(turn.reply.body)
    return Wire((head, turn.reply.body))


def bad_chunks(turn: Turn) -> Wire:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    return Wire((head, b"200\r\n", turn.reply.body[:512], b"\r\nNaN\r\n", turn.reply.body[512:]))


SMUGGLED = "smuggled-record"
SMUGGLED_RECORD = {
    "identifier": SMUGGLED,
    "id": SMUGGLED,
    "dataset_id": SMUGGLED,
    "resource": {"id": SMUGGLED},
}
"""Named as every type names its records."""


def desync(turn: Turn) -> Wire:
    """A whole answer, and behind it on the same connection one nobody asked for."""
    more = turn.records(lambda records: [SMUGGLED_RECORD]).body
    answers = tuple(_framed(body) for body in (turn.reply.body, more))
    if (
        "folders" in turn.player.has
    ):  # with time between the two, the second is the next file, for all we know
        answers = (b"".join(answers),)
    return Wire(answers, stays=True)


def _framed(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body


def not_smuggled(after: After) -> None:
    assert SMUGGLED not in after.records
    assert after.run.added == 0


def silent(turn: Turn) -> Wire:
    return Wire(_after(5, b"HTTP/1.1 200 OK\r\n"))


def slow_headers(turn: Turn) -> Wire:
    lines = (_after(0.2, b"X-Slow-%d: yes\r\n" % number) for number in range(1_000))
    return Wire(chain((b"HTTP/1.1 200 OK\r\n",), (piece for line in lines for piece in line)))


def _after(seconds: float, piece: bytes) -> Iterator[bytes]:
    time.sleep(seconds)
    yield piece


def endless(turn: Turn) -> Answer:
    """White space before the document, and no end of it."""
    return Answer(b" " * 65_536, 200, chunked=True, repeat=100_000)


def endless_records(turn: Turn) -> Wire:
    good = turn.reply.body
    head = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + good[: good.rindex(b"]")]
    return Wire((head, *repeat(b",{}" * 10_000, 1_000)))


def length_of_an_exabyte(turn: Turn) -> Wire:
    return Wire((b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000000000\r\n\r\n", turn.reply.body))


def negative_length(turn: Turn) -> Wire:
    return Wire((b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", turn.reply.body))


def too_large(after: After) -> None:
    assert after.run.slug == "too-large"
    assert after.run.bytes < 3_000_000


SMALL = {"max_bytes": 2_000_000}

SCENARIOS = (
    Scenario(
        "stalls-at-the-end",
        "sends all but 20 bytes, and then nothing more",
        UNREAD,
        stalls_at_the_end,
        entry={"request_timeout": 0.5},
    ),
    Scenario("hangs-up", "closes the connection without a word", UNREAD, lambda turn: Wire(())),
    Scenario(
        "not-http", "speaks another protocol", UNREAD, lambda turn: Wire((b"SSH-2.0-OpenSSH_9.2\r\n" * 50,))
    ),
    Scenario(
        "interim-for-ever", "answers 102 again and again", UNREAD, interim, entry={"request_timeout": 0.4}
    ),
    Scenario(
        "interim-flood",
        "answers 102 without end and without a pause",
        UNREAD,
        lambda turn: Wire(repeat(b"HTTP/1.1 102 Processing\r\n\r\n" * 1_000)),
        claims=headers_too_large,
    ),
    Scenario(
        "header-flood",
        "sends 50 MB of headers",
        UNREAD,
        headers(100_000, b"X-Noise: %s\r\n" % (b"n" * 500)),
        claims=headers_too_large,
    ),
    Scenario(
        "million-headers",
        "sends a million short headers",
        UNREAD,
        headers(1_000_000, b"a:b\r\n"),
        claims=headers_too_large,
    ),
    Scenario("endless-header", "sends a header without end", UNREAD, one_header, claims=headers_too_large),
    Scenario(
        "endless-trailers",
        "sends trailers without end behind its body",
        UNREAD,
        trailers,
        claims=headers_too_large,
    ),
    Scenario("two-lengths", "announces two lengths", UNREAD, two_lengths),
    Scenario("bad-chunks", "sends a chunk whose length is no number", UNREAD, bad_chunks),
    Scenario("desync", "sends a second answer behind the first", KEEP | OK, desync, claims=not_smuggled),
    Scenario(
        "byte-a-second",
        "sends one byte a second",
        UNREAD,
        lambda turn: replace(turn.reply, pause=1, step=1),
        number=15,
        entry={"run_budget": 1.5},
    ),
    Scenario(
        "silent", "takes the connection and says nothing", UNREAD, silent, entry={"request_timeout": 0.4}
    ),
    Scenario(
        "slow-headers",
        "sends headers for ever, five a second",
        UNREAD,
        slow_headers,
        entry={"request_timeout": 0.6},
    ),
    Scenario("endless", "sends white space for ever", UNREAD, endless, claims=too_large, entry=SMALL),
    Scenario(
        "endless-records",
        "sends empty objects for ever",
        UNREAD,
        endless_records,
        claims=too_large,
        entry=SMALL,
        needs=frozenset({"json"}),
    ),
    Scenario("exabyte", "announces an exabyte", UNREAD, length_of_an_exabyte),
    Scenario("negative-length", "announces a length of -1", UNREAD, negative_length),
)
