"""robots.txt: obeyed where the entry says so, in any shape it comes, and never at the reader's cost."""

import time
from pathlib import Path

import pytest
from protego import Protego

from harvesters.robots_text import SIZE, concerning
from tests.harvesters.fetching import Fetched, harvest
from tests.portals import Answer, StaticPortal

GOOD = Answer(b'{"dataset":[{"identifier":"a","title":"A"}]}')
NOTHING = b"User-agent: *\nDisallow: /\n"
PADDING = b"# a comment of forty-eight bytes to make it long\n"


def obedient(folder: Path, robots: Answer | list[Answer], **answers: Answer) -> tuple[Fetched, list[str]]:
    """A strict fetch, and the paths that were asked for."""
    script: dict[str, Answer | list[Answer]] = {"/robots.txt": robots, "/data.json": GOOD}
    script |= {f"/{name}": answer for name, answer in answers.items()}
    with StaticPortal(script) as portal:
        fetched = harvest(folder, "dcat-us", portal.url, robots="obey", run_budget=20)
        return fetched, portal.paths()


@pytest.mark.parametrize(
    ("robots", "slug"),
    [
        pytest.param(Answer(b"", 503), "robots-unavailable", id="503: nothing is asked, all is kept"),
        pytest.param(Answer(b"", 302, {"Location": "/robots.txt"}), "robots-unavailable", id="a loop"),
        pytest.param(Answer(b"", 302, {"Location": "/rules"}), "robots-disallowed", id="a redirect"),
        pytest.param(
            Answer(NOTHING + PADDING * 20_000), "robots-disallowed", id="900 KB: the beginning counts"
        ),
        pytest.param(
            Answer(NOTHING + PADDING * 20_000, compress=True), "robots-disallowed", id="the same in gzip"
        ),
        pytest.param(
            Answer(b"User-agent: *\nCrawl-delay: 1e9\nAllow: /\n"), "crawl-delay", id="a pause of 30 years"
        ),
    ],
)
def test_an_obedient_portal_is_not_asked_against_its_robots_txt(
    tmp_path: Path, robots: Answer, slug: str
) -> None:
    fetched, paths = obedient(tmp_path, robots, rules=Answer(NOTHING))
    assert fetched.verdict == (False, slug, True)
    assert "/data.json" not in paths
    assert "robots.txt" in fetched.statement.reason


@pytest.mark.parametrize(
    "robots",
    [
        pytest.param(Answer(b"no", 404), id="404"),
        pytest.param(Answer(b"no", 403), id="403"),
        pytest.param(Answer(b"User-agent: *\nCrawl-delay: nan\nCrawl-delay: -5\n"), id="no delay at all"),
    ],
)
def test_where_nothing_is_forbidden_the_portal_is_asked(tmp_path: Path, robots: Answer) -> None:
    fetched, _ = obedient(tmp_path, robots)
    assert fetched.verdict == (True, "", False)


US = "hubsearch/0.1 (+https://hub.example.org)"


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("User-agent: *\nDisallow: /\n", False),
        ("User-agent: hubsearch\nDisallow:\n\nUser-agent: *\nDisallow: /", True),
        ("User-agent: otherbot\nDisallow: /", True),
        ("User-agent: otherbot\nUser-agent: *\nDisallow: /", False),
        ("User-agent: *\nUser-agent: otherbot\nDisallow: /", False),
        ("User-agent: otherbot\nDisallow: /\nUser-agent: *\nAllow: /", True),
        ("user agent: HubSearch # us\ndisallow: /", False),
        ("User-agent: hubsearch\nAllow: /\nUser-agent: otherbot\nDisallow: /", True),
    ],
)
def test_leaving_out_other_robots_changes_nothing_for_us(text: str, allowed: bool) -> None:
    for version in (text, concerning(text, US)):
        assert Protego.parse(version).can_fetch("https://x.example/data.json", US) == allowed


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"User-agent: bot{n}\n" for n in range(15_000)) + "Disallow: /a\n" * 18_000,
        "".join(f"User-agent: {US[i:j]}\n" for i in range(20) for j in range(i + 1, 40))
        + "".join(f"Disallow: /{n}\n" for n in range(30_000)),
        "User-agent: *\nDisallow: /" + "*a" * 200_000 + "b\n",
        "User-agent: *\n" + "Disallow: /*a*a*a*a*a*a*a*a*a*b$\n" * 15_000,
    ],
    ids=[
        "robots times rules",
        "all parts of our name",
        "one pattern of 400 KB",
        "many patterns of many stars",
    ],
)
def test_no_robots_txt_costs_more_than_moments(text: str) -> None:
    begun = time.process_time()
    parser = Protego.parse(concerning(text[:SIZE], US))
    parser.can_fetch("https://x.example/" + "a" * 2_000, US)
    assert time.process_time() - begun < 5
