"""Scenarios of HTTP: statuses, redirects, headers, silence, and what is no HTTP at all."""

import json
from base64 import b64encode
from importlib.resources import files
from pathlib import Path

from tests.chaos.layer import Turn
from tests.chaos.scenario import KEEP, OK, UNREAD, After, Scenario, all_read
from tests.portals import Answer

HOPS = 10
LINK_LOCAL = "http://169.254.169.254/latest/meta-data/"


def moved(location: str, status: int = 302, **headers: str) -> Answer:
    return Answer(b"moved", status, {"Location": location} | headers)


def page(title: str) -> bytes:
    return f"<!DOCTYPE html><html><head><title>{title}</title></head><body>Sorry.</body></html>".encode()


HTML = {"Content-Type": "text/html; charset=utf-8"}
JSON = {"Content-Type": "application/json"}


def twice_500(turn: Turn) -> Answer:
    """Not at every one of a folder's many files: the waiting would outlast the budget."""
    return Answer(b"oops", 500) if turn.tries < 3 and turn.page < 10 else turn.reply


def third_try(after: After) -> None:
    all_read(after)
    assert max(turn.tries for turn in after.turns) == 3


def few_requests(after: After) -> None:
    assert 1 <= len(after.turns) <= HOPS


def wait_2_seconds(turn: Turn) -> Answer:
    limited = turn.page == 1 and turn.tries == 1
    return Answer(b"slow down", 429, {"Retry-After": "2"}) if limited else turn.reply


def waited(after: After) -> None:
    all_read(after)
    first, second = (turn.seen.time for turn in after.turns[:2])
    assert second - first >= 2


def few_hops(after: After) -> None:
    assert 1 <= len(after.turns) <= HOPS + 1


def growing(turn: Turn) -> Answer:
    query = "&".join(f"{key}={value}" for key, value in turn.seen.query.items())
    return moved(f"{turn.seen.path}?{query}&again={turn.page}", 307)


def to_file(turn: Turn) -> Answer:
    """A catalogue that is there, and that a handler for files would read."""
    return moved(Path(str(files("hubsearch.demo.sample").joinpath("cms.data.json.gz"))).as_uri())


def meta_refresh(turn: Turn) -> Answer:
    refresh = [f'<meta http-equiv="refresh" content="0; url={url}">' for url in (LINK_LOCAL, turn.canary)]
    return Answer(f"<html><head>{''.join(refresh)}</head></html>".encode(), 200, HTML)


def other_name(turn: Turn) -> Answer:
    return moved(turn.url.replace("127.0.0.1", "localhost") + turn.seen.path.lstrip("/"), 301)


def cookie_wall(turn: Turn) -> Answer:
    if "session=1" in turn.seen.headers.get("Cookie", ""):
        return turn.reply
    return moved(turn.seen.path, 302, **{"Set-Cookie": "session=1; Path=/"})


def soft_error(turn: Turn) -> Answer:
    error = {"error": True, "message": "rate limit exceeded", "status": 429}
    return Answer(json.dumps(error).encode(), 200, JSON)


def partial(turn: Turn) -> Answer:
    half, whole = len(turn.reply.body) // 2, len(turn.reply.body)
    return Answer(turn.reply.body[:half], 206, {"Content-Range": f"bytes 0-{half - 1}/{whole}"})


def never_modified(turn: Turn) -> Answer:
    return Answer(b"", 304, {"ETag": '"fair"'})


def half_304(turn: Turn) -> Answer:
    return Answer(turn.reply.body[: len(turn.reply.body) // 2], 304, {"ETag": '"another"'})


def none_changed(after: After) -> None:
    assert (after.run.added, after.run.updated, after.run.missing) == (0, 0, 0)


def in_the_address(turn: Turn) -> Answer:
    return moved(
        "data:application/json;base64," + b64encode(turn.records(lambda records: records[:1]).body).decode()
    )


SCENARIOS = (
    Scenario(
        "html-error-page",
        "answers 200 with an error page",
        UNREAD,
        lambda turn: Answer(page("502 Bad Gateway"), 200, HTML),
        number=1,
    ),
    Scenario("third-time-lucky", "answers 500, 500, then well", OK, twice_500, claims=third_try, number=8),
    Scenario(
        "always-503",
        "answers 503 for ever",
        UNREAD,
        lambda turn: Answer(b"maintenance", 503),
        claims=few_requests,
        number=9,
    ),
    Scenario("retry-after", "answers 429 with Retry-After: 2", OK, wait_2_seconds, claims=waited, number=10),
    Scenario(
        "redirect-loop",
        "redirects to itself",
        UNREAD,
        lambda turn: moved(turn.seen.path),
        claims=few_hops,
        number=11,
    ),
    Scenario(
        "redirect-to-canary",
        "redirects to a loopback server that is not its own",
        UNREAD,
        lambda turn: moved(turn.canary + turn.seen.path.lstrip("/")),
        number=12,
    ),
    Scenario(
        "meta-refresh",
        "answers a page that refreshes to 169.254.169.254 and to a loopback server",
        UNREAD,
        meta_refresh,
        number=13,
    ),
    Scenario("redirect-to-file", "redirects to a good catalogue at file://", UNREAD, to_file, number=14),
    Scenario("other-host", "has moved (301) to another host name", UNREAD, other_name),
    Scenario("cookie-wall", "answers only who brings its cookie back", UNREAD, cookie_wall, claims=few_hops),
    Scenario("growing-query", "redirects to itself with a longer query", UNREAD, growing, claims=few_hops),
    Scenario(
        "tls-only",
        "redirects to https, where it speaks no TLS",
        UNREAD,
        lambda turn: moved(turn.url.replace("http:", "https:") + turn.seen.path.lstrip("/"), 301),
    ),
    Scenario(
        "retry-in-ten-years",
        "answers 429 with Retry-After: 315360000",
        UNREAD,
        lambda turn: Answer(b"later", 429, {"Retry-After": "315360000"}),
        claims=few_requests,
    ),
    Scenario(
        "retry-at-no-date",
        "answers 503 with a Retry-After that is no date",
        UNREAD,
        lambda turn: Answer(b"later", 503, {"Retry-After": "Mon, 99 Foo 20260 99:99:99 GMT" + "9" * 5_000}),
        claims=few_requests,
    ),
    Scenario(
        "captcha",
        "answers 403 with a captcha",
        UNREAD,
        lambda turn: Answer(page("Are you a robot?"), 403, HTML),
        claims=few_requests,
    ),
    Scenario(
        "login-page",
        "answers 200 with a login page that calls itself JSON",
        UNREAD,
        lambda turn: Answer(page("Sign in"), 200, JSON),
    ),
    Scenario("soft-error", "answers 200 with an error as JSON", UNREAD, soft_error),
    Scenario("not-modified", "answers 304 without being asked", KEEP | OK, lambda turn: Answer(b"", 304)),
    Scenario("no-content", "answers 204", UNREAD, lambda turn: Answer(b"", 204, length=False)),
    Scenario("empty-body", "answers 200 without a byte", UNREAD, lambda turn: Answer(b"", 200, JSON)),
    Scenario("partial", "answers 206 with the first half", UNREAD, partial),
    Scenario(
        "image",
        "sends the good answer as image/png",
        OK,
        lambda turn: turn.body(lambda body: body, Content_Type="image/png"),
        claims=all_read,
    ),
    Scenario("gone", "answers 410", UNREAD, lambda turn: Answer(b"gone", 410), claims=few_requests),
    Scenario(
        "unauthorized",
        "answers 401",
        UNREAD,
        lambda turn: Answer(b"", 401, {"WWW-Authenticate": 'Basic realm="x"'}),
        claims=few_requests,
    ),
    Scenario("redirect-to-data", "redirects to its catalogue as a data: address", UNREAD, in_the_address),
    Scenario("redirect-nowhere", "redirects to no address", UNREAD, lambda turn: moved("http://[::1/%% :x")),
    Scenario("redirect-unsaid", "redirects without saying where to", UNREAD, lambda turn: Answer(b"", 302)),
    Scenario(
        "charset-lies",
        "calls its UTF-8 UTF-16",
        OK,
        lambda turn: turn.body(lambda body: body, Content_Type="application/json; charset=utf-16"),
        claims=all_read,
    ),
)
