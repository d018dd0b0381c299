"""What portals publish cannot command the terminal of whoever looks at it."""

import json

import pytest

from hubsearch.cli.output import harmless, print_json, print_table, say

NASTY = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202egnp.exe\r\x00"


@pytest.mark.parametrize("title", [NASTY, "[/bold] closes nothing", "[link=javascript:alert(1)]x[/link]"])
def test_a_table_shows_titles_as_they_are_without_what_a_terminal_obeys(
    title: str, capsys: pytest.CaptureFixture[str]
) -> None:
    print_table(("title", "n"), [(title, 1)], empty="")
    shown = capsys.readouterr().out
    assert not any(sign in shown for sign in "\x1b\x07\x9b\u202e\r\x00")
    assert title.rpartition("\x1b")[2].strip("\x00\r")[-6:] in shown


def test_a_sentence_holds_no_command(capsys: pytest.CaptureFixture[str]) -> None:
    say(f"the record {NASTY} is quarantined\nsecond line")
    assert capsys.readouterr().err == f"the record {harmless(NASTY)} is quarantined\nsecond line\n"
    assert harmless("tab\tand\nline, zwj \u200d, é") == "tab\tand\nline, zwj \u200d, é"


def test_json_is_the_same_document_with_commands_escaped(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    document = {"title": NASTY, "é": "\u0085\x7f ñ"}
    print_json(document)
    printed = capfdbinary.readouterr().out
    assert json.loads(printed) == document
    assert not any(sign in printed for sign in (b"\x1b", b"\x07", b"\x7f", b"\xc2\x9b", b"\xc2\x85"))
