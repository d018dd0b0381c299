"""Scenarios of robots.txt, on a portal whose entry says that all of it holds."""

from collections.abc import Callable

from tests.chaos.answers import moved
from tests.chaos.layer import Disturb, Turn, Wire
from tests.chaos.scenario import OK, UNREAD, After, Scenario, all_read
from tests.portals import Answer

STRICT = {"robots": "obey"}


def says(text: str) -> Disturb:
    return lambda turn: Answer(text.encode(), 200, {"Content-Type": "text/plain"})


def never_asked(after: After) -> None:
    """A portal that does not want us, or cannot say so, is left alone."""
    assert after.turns == []


def huge(turn: Turn) -> Answer:
    return Answer(b"Disallow: /nothing-of-yours\n" * 2_000, repeat=400, chunked=True)


def scenario(
    name: str, does: str, status: frozenset[str], robots: Disturb, claims: Callable[[After], None]
) -> Scenario:
    return Scenario(name, does, status, robots=robots, claims=claims, entry=STRICT)


SCENARIOS = (
    scenario("robots-503", "answers robots.txt with 503", UNREAD, lambda turn: Answer(b"", 503), never_asked),
    scenario("robots-hangs-up", "hangs up on robots.txt", UNREAD, lambda turn: Wire(()), never_asked),
    scenario("robots-all", "disallows everything", UNREAD, says("User-agent: *\nDisallow: /\n"), never_asked),
    scenario(
        "robots-day",
        "asks for a day between requests",
        OK | UNREAD,
        says("User-agent: *\nCrawl-delay: 86400\n"),
        lambda after: None,
    ),
    scenario(
        "robots-nan",
        "asks for a delay that is no number",
        OK,
        says("User-agent: *\nCrawl-delay: NaN\n"),
        all_read,
    ),
    scenario("robots-html", "has a web page for its robots.txt", OK, says("<html>404</html>"), all_read),
    scenario(
        "robots-canary",
        "redirects robots.txt to a server nobody may ask",
        UNREAD,
        lambda turn: moved(turn.canary + "robots.txt"),
        never_asked,
    ),
    scenario("robots-huge", "has a robots.txt of 20 MB", OK, huge, all_read),
    scenario(
        "robots-loop",
        "redirects robots.txt for ever",
        OK | UNREAD,
        lambda turn: moved("/robots.txt"),
        lambda after: None,
    ),
)
