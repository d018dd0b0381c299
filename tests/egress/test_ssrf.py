"""A source that names addresses inside the hub's own network makes it connect to none of them."""

import json
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from tests.egress.ssrf import Canary, Result, assault, run_batch, usable
from tests.egress.targets import targets
from tests.portals import Answer, LoopbackServer, Seen, StaticPortal
from tests.portals.server import send

FEED = Answer(b'{"dataset":[{"identifier":"a","title":"A"}]}', headers={"Connection": "close"})
REFUSED = {"egress-refused", "redirect", "unreachable", "http-status"}
"""`unreachable`: names that lead nowhere; `http-status`: what turns out to be a path on the portal."""


@pytest.fixture(scope="module")
def result() -> Result:
    return assault()


def test_there_are_many_targets_and_ways(result: Result) -> None:
    assert len(set(targets(1, 2))) >= 60
    assert len(result.slugs) >= 9
    assert result.runs + result.refused_entries >= 600
    assert result.connections >= 500, "the portal itself has to be asked, or nothing was tried"


def test_no_target_is_connected_to_by_any_way(result: Result) -> None:
    assert result.canary_hits == 0
    assert result.strayed == []


@pytest.mark.parametrize("way", ["url", "discovery_url", "redirect", "user-info"])
def test_where_an_address_is_asked_it_is_refused(result: Result, way: str) -> None:
    assert {slug: n for slug, n in result.slugs[way].items() if slug not in REFUSED} == {}
    assert result.slugs[way]["egress-refused"] >= 60


def test_a_robots_txt_that_leads_inside_cannot_be_had(result: Result) -> None:
    assert set(result.slugs["robots.txt"]) <= {"robots-unavailable", "", "page-missing"}
    assert result.slugs["robots.txt"]["robots-unavailable"] >= 90


@pytest.mark.parametrize("way", ["source add", "source add, redirected"])
def test_nothing_is_found_where_nothing_is_asked(result: Result, way: str) -> None:
    assert set(result.slugs[way]) == {"nothing-found"}
    assert all(one["requests"] >= 1 for one in result.outcomes[way])


@pytest.mark.parametrize("way", ["headers", "payload", "domain", "scroll"])
def test_addresses_that_are_data_stay_data(result: Result, way: str) -> None:
    """A next page that a document names at another host is said to be missing, and not asked for."""
    assert set(result.slugs[way]) <= {"", "page-missing"}
    assert sum(result.slugs[way].values()) == len(result.outcomes[way])


def test_a_refreshing_page_is_no_catalogue(result: Result) -> None:
    assert set(result.slugs["meta-refresh"]) == {"not-json-html"}


def test_user_info_of_a_redirect_is_written_nowhere(result: Result) -> None:
    assert "s3cr3t" not in json.dumps(result.outcomes["user-info"])


def asked(
    folder: Path, url: str, *names: list[list[str]], **entry: Any
) -> tuple[dict[str, Any], set[tuple[str, int]]]:
    """One run of a private portal of one's own, at a name that resolves as `names` says: how it ended, and
    where it connected to."""
    one = usable({"type": "dcat-us", "url": url, "allow_private": True, **entry})
    assert one is not None
    outcomes, lines = run_batch([one], {"portal.test": names[0]} if names else {}, folder)
    return outcomes[0], {(line["host"], line["port"]) for line in lines}


def test_a_canary_notices_a_connection(tmp_path: Path) -> None:
    canary = Canary()
    _, places = asked(tmp_path, f"http://127.0.0.1:{canary.port}/")
    canary.close()
    assert canary.hits == 4, "asked once, and again three times"
    assert places == {("127.0.0.1", canary.port)}


def test_of_several_addresses_the_permitted_ones_are_asked(tmp_path: Path) -> None:
    with StaticPortal({"/data.json": FEED}) as portal:
        numbers = ["169.254.169.254", "::ffff:127.0.0.1", "127.0.0.1"]
        outcome, places = asked(tmp_path, f"http://portal.test:{portal.port}/", [numbers])
    assert outcome["complete"], outcome
    assert places == {("127.0.0.1", portal.port)}


def test_a_name_that_changes_between_two_look_ups_is_checked_each_time(tmp_path: Path) -> None:
    """robots.txt comes from the portal; then its name leads to a cloud's metadata."""
    robots = Answer(b"User-agent: *", headers={"Connection": "close"})
    with StaticPortal({"/robots.txt": robots, "/data.json": FEED}) as portal:
        names = [["127.0.0.1"], ["169.254.169.254"]]
        url = f"http://portal.test:{portal.port}/"
        outcome, places = asked(tmp_path, url, names, robots="obey")
        assert portal.paths() == ["/robots.txt"]
    assert outcome["slug"] == "egress-refused"
    assert places == {("127.0.0.1", portal.port)}


def test_the_address_connected_to_is_the_one_that_was_checked(tmp_path: Path) -> None:
    """One look-up a connection: a second one could bring another address."""
    with StaticPortal({"/data.json": FEED}) as portal:
        names = [["127.0.0.1"], ["127.0.0.2"]]
        outcome, places = asked(tmp_path, f"http://portal.test:{portal.port}/", names)
    assert outcome["complete"], outcome
    assert places == {("127.0.0.1", portal.port)}


class LeadingPortal(LoopbackServer):
    """Leads everybody elsewhere."""

    to = ""

    def answer(self, handler: BaseHTTPRequestHandler, seen: Seen) -> None:
        send(handler, 302, b"", {"Location": f"{self.to}data.json"})


@pytest.mark.parametrize(
    "where", ["http://localhost:{own}/", "http://127.0.0.1:{own}/", "http://portal.test:{other}/"]
)
def test_allow_private_is_for_the_portals_own_name_and_port(tmp_path: Path, where: str) -> None:
    with StaticPortal({"/data.json": FEED}) as other, LeadingPortal() as portal:
        portal.to = where.replace("{own}", str(portal.port)).replace("{other}", str(other.port))
        outcome, places = asked(tmp_path, f"http://portal.test:{portal.port}/", [["127.0.0.1"]])
        assert portal.paths() == ["/data.json"]
        assert other.seen == []
    assert outcome["slug"] in REFUSED
    assert places == {("127.0.0.1", portal.port)}
