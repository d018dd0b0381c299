"""A password given inside an address is used, kept apart, and never shown again."""

import base64
import stat
from pathlib import Path

import pytest

from hubsearch.secrets import without_user_info
from tests.conftest import Command
from tests.hubsearch.test_harvest import Handler, portal_on_loopback

SECRET = "s3cr€t/@"
EXPECTED = "Basic " + base64.b64encode(f"clerk:{SECRET}".encode()).decode()


class Guarded(Handler):
    """Answers only who shows the right name and password."""

    def do_GET(self) -> None:  # noqa: N802  (the base class named it)
        if self.headers.get("Authorization") == EXPECTED:
            super().do_GET()
        else:
            self.send_response(401)
            self.send_header("Content-Length", "0")
            self.end_headers()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://data.example.gov/x", ("https://data.example.gov/x", "", "")),
        ("https://u:p@data.example.gov:8443/x?a=1", ("https://data.example.gov:8443/x?a=1", "u", "p")),
        ("https://u%40x:p%2Fq@h.gov", ("https://h.gov", "u@x", "p/q")),
        ("https://u@h.gov", ("https://h.gov", "u", "")),
    ],
)
def test_user_info_is_taken_out_of_an_address(url: str, expected: tuple[str, str, str]) -> None:
    assert without_user_info(url) == expected


def test_a_guarded_portal_is_added_and_harvested_without_the_password_being_shown(
    command: Command, hub_home: Path
) -> None:
    with portal_on_loopback() as server:
        server.RequestHandlerClass = Guarded
        server.publish(1, 2, 3)
        url = f"http://clerk:s3cr%E2%82%ACt%2F%40@127.0.0.1:{server.server_address[1]}/data.json"
        added = command("source", "add", url, "--id", "guarded", "--allow-private", "--json")
        assert added.status == 0, added.stderr
        done = command("harvest", "guarded", "--json")
        assert done.json["runs"][0]["added"] == 3, done.stderr
        shown = command("source", "show", "guarded", "--json")
    secrets = hub_home / "secrets.toml"
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o600
    assert SECRET in secrets.read_text(encoding="utf-8")
    elsewhere = [added.stdout, added.stderr, done.stdout, done.stderr, shown.stdout]
    elsewhere.append((hub_home / "portals.toml").read_text(encoding="utf-8"))
    assert not [text for text in elsewhere if "s3cr" in text]


def test_a_refused_entry_does_not_show_the_password(command: Command) -> None:
    refused = command("source", "add", "ftp://clerk:s3cr3t@files.example.gov/data.json", "--type", "dcat-us")
    assert refused.status == 2
    assert "s3cr3t" not in refused.stderr
