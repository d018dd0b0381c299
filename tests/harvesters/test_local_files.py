"""Registers and JKAN's folders on disk: what is read, what is refused, and that nobody is asked for it."""

import os
import time
from pathlib import Path
from typing import Any

import pytest

from harvesters.detect import DetectionError, detect
from harvesters.local_files import FROM_DISK
from harvesters.portal import Portal
from harvesters.portal_entry import PortalsFileError, portal_from_entry
from harvesters.portals_file import add_portal, read_portals
from harvesters.registry import HARVESTERS
from tests.harvesters.fetching import Fetched, harvest

TABLE = b"title,description,url\n" + b"".join(
    b"Roads %d,Where they are,https://files.example.gov/%d.csv\n" % (n, n) for n in range(40)
)
PAGE = "---\ntitle: {}\norganization: X\nresources: []\n---\n"
LONG_AGO = 1_700_000_000


@pytest.fixture
def hub(tmp_path: Path) -> Path:
    """A folder with a portals file, and something secret beside it."""
    folder = tmp_path / "hub"
    (folder / "data").mkdir(parents=True)
    (folder / "data/register.csv").write_bytes(TABLE)
    (tmp_path / "secret.csv").write_bytes(TABLE)
    (tmp_path / "run").mkdir()
    return folder


def site(hub: Path, *names: str) -> Path:
    folder = hub / "site"
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(PAGE.format(path.stem))
    return folder


def run(hub: Path, portal_type: str, url: str, **entry: Any) -> Fetched:
    fetched = harvest(hub.parent / "run", portal_type, url, folder=str(hub), **entry)
    assert fetched.statement.requests == 0
    return fetched


def entry(url: object, portal_type: str = "register") -> dict[str, Any]:
    return {"id": "p", "type": portal_type, "url": url}


def test_a_register_is_read_from_disk(hub: Path) -> None:
    fetched = run(hub, "register", "data/register.csv")
    assert fetched.verdict == (True, "", False)
    assert len(fetched.records) == 40
    assert fetched.statement.bytes == len(TABLE)
    assert {record.url for record in fetched.records} == {"data/register.csv"}


def test_a_register_is_not_read_again_until_it_changes(hub: Path) -> None:
    file = hub / "data/register.csv"
    fresh = run(hub, "register", "data/register.csv")
    assert fresh.statement.validators is None, "it may be written to in this very moment"
    time.sleep(2.1)
    known = run(hub, "register", "data/register.csv").statement.validators
    assert known is not None
    assert run(hub, "register", "data/register.csv", known=known).verdict == (True, "not-modified", False)
    file.write_bytes(TABLE.replace(b"Roads 7", b"Lanes 7"))
    os.utime(file, (LONG_AGO, LONG_AGO))
    again = run(hub, "register", "data/register.csv", known=known)
    assert (again.verdict, len(again.records)) == ((True, "", False), 40)


def test_the_limits_of_an_answer_hold_for_a_file(hub: Path) -> None:
    fetched = run(hub, "register", "data/register.csv", max_bytes=500)
    assert fetched.verdict == (False, "too-large", False)
    (hub / "page.html").write_bytes(b"<html><title>Sign in</title></html>")
    assert run(hub, "register", "page.html").verdict == (False, "not-json-html", True)
    (hub / "open.toml").write_bytes(b'[[dataset]]\ntitle = "a"\nurl = "https://x.gov/a')
    assert run(hub, "register", "open.toml").verdict[:2] == (False, "broken-frame")


def test_what_is_not_there_or_no_file_fails_by_name(hub: Path) -> None:
    os.mkfifo(hub / "pipe")
    (hub / "loop").symlink_to(hub / "loop")
    for url in ("data/gone.csv", "pipe", "loop"):
        fetched = run(hub, "register", url)
        assert fetched.verdict == (False, "no-such-file", True), url
        assert url in fetched.statement.reason
    assert run(hub, "register", "data").verdict == (False, "bad-option", True)
    assert run(hub, "jkan", "data").verdict == (False, "no-pages", True)


def test_no_link_leads_out_of_the_folder(hub: Path) -> None:
    (hub / "out.csv").symlink_to(hub.parent / "secret.csv")
    (hub / "up").symlink_to(hub.parent)
    (hub / "in.csv").symlink_to(hub / "data/register.csv")
    for url in ("out.csv", "up/secret.csv"):
        fetched = run(hub, "register", url)
        assert (fetched.verdict, fetched.records) == ((False, "outside-folder", True), [])
    assert len(run(hub, "register", "in.csv").records) == 40


def test_a_checkout_is_read_page_by_page(hub: Path) -> None:
    site(hub, "README.md", "_datasets/a.md", "_datasets/b.md", ".git/c.md", "_organizations/d.md")
    (hub / "site/_datasets/bad.md").write_text("no front matter")
    (hub / "site/_datasets/long.md").write_text(PAGE.format("Long") + "x" * 300_000)
    fetched = run(hub, "jkan", "site")
    assert fetched.verdict == (True, "", False)
    assert [record.identifier for record in fetched.records] == ["a", "b", "bad", "long"]
    assert [record.trouble is not None for record in fetched.records] == [False, False, True, False]
    assert fetched.records[3].payload.count(b"x") > 300_000
    assert fetched.records[0].url == "site/_datasets/a.md"


def test_a_page_that_cannot_be_read_makes_the_run_incomplete(hub: Path) -> None:
    folder = site(hub, "a.md", "b.md")
    (folder / "aa.md").symlink_to(hub.parent / "secret.csv")
    fetched = run(hub, "jkan", "site")
    assert fetched.verdict == (False, "page-missing", False)
    assert [record.identifier for record in fetched.records] == ["a", "b"]
    assert [(failure.url, failure.slug) for failure in fetched.statement.failures] == [
        ("site/aa.md", "outside-folder")
    ]
    assert run(hub, "jkan", "site", max_bytes=60).statement.slug in {"too-large", "page-missing"}


@pytest.mark.parametrize(
    ("url", "portal_type", "said"),
    [
        ("../secret.csv", "register", "below the folder of the portals file"),
        ("data/../../secret.csv", "register", "below the folder of the portals file"),
        ("/etc/passwd", "register", "below the folder of the portals file"),
        ("/etc", "jkan", "below the folder of the portals file"),
        ("data/\0x", "register", "control characters"),
        ("file:///etc/passwd", "register", "whole address"),
        ("file:data/register.csv", "register", "whole address"),
        ("//x.gov/register.csv", "register", "whole address"),
        ("", "register", "whole address"),
        *(
            ("data/x", name, "only the types jkan and register")
            for name in HARVESTERS
            if name not in FROM_DISK
        ),
    ],
)
def test_other_paths_are_refused_when_the_entry_is_read(
    hub: Path, url: str, portal_type: str, said: str
) -> None:
    with pytest.raises(PortalsFileError, match="url = ") as caught:
        portal_from_entry(entry(url, portal_type), "a test", hub)
    assert said in str(caught.value)


def test_a_path_needs_the_folder_it_is_relative_to() -> None:
    with pytest.raises(PortalsFileError, match="whole address"):
        portal_from_entry(entry("data/register.csv"), "a test")


def test_a_path_is_written_and_read_back_relative_to_the_portals_file(hub: Path) -> None:
    file = hub / "portals.toml"
    portal = portal_from_entry(entry("data/register.csv"), "a test", hub)
    add_portal(file, portal)
    assert read_portals(file) == [portal]
    assert portal.folder == str(hub.resolve())
    assert "folder" not in file.read_text()
    whole = portal_from_entry(entry(str(hub.resolve() / "data/register.csv")), "a test", hub)
    assert whole.url.endswith("data/register.csv")


def test_types_are_found_by_what_the_files_hold(hub: Path) -> None:
    site(hub, "_datasets/a.md")

    def found(url: str) -> tuple[str, str]:
        answer = detect(Portal("p", "", url, folder=str(hub)))
        return answer.type, answer.url

    assert found("data/register.csv") == ("register", "data/register.csv")
    assert found("site") == ("jkan", "site")
    (hub / "text").write_text("nothing that is known\n")
    for url in ("text", "data"):
        with pytest.raises(DetectionError, match="--type"):
            detect(Portal("p", "", url, folder=str(hub)))


def test_the_types_that_read_from_disk_are_types() -> None:
    assert set(HARVESTERS) >= FROM_DISK
