"""Registers read by the real child: tables, YAML and TOML as agencies write them, and what is wrong there."""

import json
from pathlib import Path
from typing import Any

import pytest

from harvesters.detect import detect
from harvesters.fetch_error import FetchError
from harvesters.portal import Portal
from harvesters.register_file import entries
from harvesters.yaml_entries import yaml_value
from mappings.schemas import map_record
from tests.harvesters.fetching import Fetched, harvest
from tests.portals import Answer, RegisterPortal, StaticPortal


def rows(size: int) -> list[dict[str, Any]]:
    return [
        {
            "Title": f"Café tables “{number}”",
            "Description": f"Where they stand,\nand how many; part {number}",
            "URL": f"https://files.example.gov/{number}.csv",
            "Department": "Licences",
        }
        for number in range(size)
    ]


def read(data: bytes) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    shared: dict[str, Any] = {}
    return list(entries(iter([data]), shared)), shared


def fetch(folder: Path, body: bytes, **entry: Any) -> Fetched:
    with StaticPortal({"/register": Answer(body)}) as portal:
        return harvest(folder, "register", f"{portal.url}register", **entry)


@pytest.mark.parametrize(
    "path", ["register.csv", "semicolons.csv", "register.tsv", "windows.csv", "register.yaml"]
)
def test_every_row_of_a_large_register_is_read(tmp_path: Path, path: str) -> None:
    published = rows(10_500)
    with RegisterPortal(published) as portal:
        fetched = harvest(tmp_path, "register", f"{portal.url}{path}")
    assert fetched.verdict == (True, "", False)
    assert [json.loads(record.payload)["entry"] for record in fetched.records] == published
    assert fetched.records[7].identifier == "files.example.gov/7.csv"
    assert map_record("register", fetched.records[7].payload).dataset.title == "Café tables “7”"


def test_url_and_description_are_enough_for_a_feed(tmp_path: Path) -> None:
    """The traffic incidents of a department of transportation: a title, two sentences, an address."""
    body = (
        b"\xef\xbb\xbfTitle,Description,URL,Publisher\r\n"
        b"Traffic incidents,On state roads.,https://dot.example.gov/incidents.xml,Connecticut DOT\r\n"
    )
    [record] = fetch(tmp_path, body).records
    dataset = map_record("register", record.payload).dataset
    assert (dataset.title, dataset.publisher and dataset.publisher.name) == (
        "Traffic incidents",
        "Connecticut DOT",
    )
    [feed] = dataset.distributions
    assert (feed.url, feed.kind, feed.format) == ("https://dot.example.gov/incidents.xml", "api", "XML")
    assert dataset.as_published["distribution_kinds"] == {feed.url: "an interface by the format XML"}


def test_rows_without_title_or_address_are_set_aside(tmp_path: Path) -> None:
    body = (
        b"name;link;id\nA;https://x.gov/a;1\n;https://x.gov/b;\nC;;\nD;;4\nA again;https://x.gov/a;1\n\n;;\n"
    )
    fetched = fetch(tmp_path, body)
    assert fetched.verdict == (True, "", False)
    assert [record.identifier for record in fetched.records] == ["1", "x.gov/b", None, "4", "1"]
    assert [record.trouble and record.trouble.slug for record in fetched.records] == [
        None,
        None,
        "missing-url",
        None,
        None,
    ]


def test_the_entry_says_who_publishes_where_no_row_does(tmp_path: Path) -> None:
    fetched = fetch(tmp_path, b"title,url\nA,https://x.gov/a\n", options={"publisher": "Town of X"})
    publisher = map_record("register", fetched.records[0].payload).dataset.publisher
    assert publisher is not None
    assert publisher.name == "Town of X"


@pytest.mark.parametrize(
    ("body", "slug"),
    [
        (b"", "empty"),
        (b"\n\n# nothing\n", "empty"),
        (b"<!doctype html><title>Sign in</title>", "not-json-html"),
        (b"<?xml version='1.0'?><a/>", "not-a-register"),
        (b"PK\x03\x04\x00\x00", "not-a-register"),
        (b"year,count\n2020,7\n", "not-a-register"),
        (b"error: true\nmessage: no\n", "not-a-register"),
        (b"title,url\n,\nA,\n", "no-usable-records"),
        (b'title,url\nA,https://x.gov/a\nB,"https://x.gov', "cut"),
        (b"title,url,agency\nA,https://x.gov/a,X\nB,https://x", "cut"),
        (b"- title: A\n  url: https://x.gov\n- title: [B\n", "broken-frame"),
        (b"[[dataset]]\ntitle = 'A'\nurl = ", "broken-frame"),
        (b"- title: &a [*a]\n", "broken-frame"),
        (b"- title: " + b"{a: " * 30 + b"x" + b"}" * 30, "too-complex"),
        (b"[" * 100_000, "broken-frame"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_whole_register_is_not_complete(tmp_path: Path, body: bytes, slug: str) -> None:
    fetched = fetch(tmp_path, body)
    assert (fetched.statement.complete, fetched.statement.slug) == (False, slug)


def test_a_bomb_of_aliases_is_refused_before_it_grows() -> None:
    lines = ["- &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"- &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    with pytest.raises(FetchError, match=r"more than 20,000 values"):
        read("\n".join(lines).encode())


def test_yaml_stays_the_text_that_was_written() -> None:
    found = yaml_value(
        b"{a: no, b: 2020, c: 12:30, d: 2024-01-02, e: ~, f: '', g: !!python/object:os.x {h: 1}}"
    )
    assert found == {
        "a": "no",
        "b": "2020",
        "c": "12:30",
        "d": "2024-01-02",
        "e": None,
        "f": "",
        "g": {"h": "1"},
    }


def test_yaml_and_toml_may_say_things_once_for_all() -> None:
    yaml = b"publisher: DOT\nfeeds:\n- &a {title: A, url: 'https://x.gov/a'}\n- {<<: *a, title: B}\n"
    found, shared = read(yaml)
    assert shared == {"publisher": "DOT"}
    assert found == [{"title": "A", "url": "https://x.gov/a"}, {"url": "https://x.gov/a", "title": "B"}]
    found, shared = read(b"publisher = 'DOT'\n[[feed]]\ntitle = 'A'\nmodified = 2024-01-02\n")
    assert (found, shared) == ([{"title": "A", "modified": "2024-01-02"}], {"publisher": "DOT"})


def test_tables_have_titles_above_and_line_ends_of_all_kinds() -> None:
    expected = [{"Dataset": "Café", "Link": "https://x.gov/a"}]
    for end in ("\n", "\r\n", "\r"):
        table = end.join(["Register of the town;", "", "Dataset;Link", "Café;https://x.gov/a"])
        assert read(table.encode())[0] == expected
        assert read(table.encode("cp1252"))[0] == expected
    mixed = "title,url\nCafé,https://x.gov/a\n".encode() + "Thé,https://x.gov/b\n".encode("cp1252")
    assert [row["title"] for row in read(mixed)[0]] == ["Café", "Thé"]


@pytest.mark.parametrize("path", ["register.csv", "semicolons.csv", "register.yaml"])
def test_a_register_is_recognised(path: str) -> None:
    with RegisterPortal(rows(3)) as portal:
        found = detect(Portal("p", "", f"{portal.url}{path}", allow_private=True))
        assert (found.type, found.url) == ("register", f"{portal.url}{path}")
        assert len(portal.seen) <= 2, "the address itself says it"
