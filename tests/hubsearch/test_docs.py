"""The documentation says what is: commands, settings, facets and limits are compared with the code."""

import re
from dataclasses import fields
from pathlib import Path

import click
import pytest

from harvesters.portal import Portal
from harvesters.registry import HARVESTERS
from hubsearch.cli.main import cli
from hubsearch.slug_tables import between_markers, tables
from index.fields import FACETS, SORTS, UPDATED_DAYS
from index.query.model import MAX_LIMIT, MAX_QUERY_CHARACTERS, MAX_TERMS, MAX_WINDOW

DOCS = Path(__file__).resolve().parents[2] / "docs"


def text_of(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def commands(group: click.Command, *words: str) -> set[str]:
    """Every command as it is typed; a group that does something by itself counts too."""
    if not isinstance(group, click.Group):
        return {" ".join(words)}
    own = {" ".join(words)} if words and group.invoke_without_command else set()
    context = click.Context(group)
    parts = ((name, group.get_command(context, name)) for name in group.list_commands(context))
    return own.union(*(commands(command, *words, name) for name, command in parts if command))


def test_every_command_is_documented_and_no_other() -> None:
    documented = {
        " ".join(word for word in row.split() if re.fullmatch("[a-z]+(-[a-z]+)*", word))
        for row in re.findall(r"^\| `([^`]+)` \|", text_of("commands.md"), re.MULTILINE)
    }
    assert documented == commands(cli)


def test_every_setting_is_documented_and_read() -> None:
    packages = ("hubsearch", "harvesters", "index", "search_api", "dcat", "mappings")
    sources = [path for package in packages for path in (DOCS.parent / package).rglob("*.py")]
    read = {
        name
        for path in sources
        for name in re.findall(r"\"(HUBSEARCH_[A-Z_]+)\"", path.read_text(encoding="utf-8"))
    }
    documented = re.findall(r"^\| `(HUBSEARCH_[A-Z_]+)`", text_of("operators.md"), re.MULTILINE)
    assert sorted(documented) == sorted(read), "each once, in one table"


def test_every_key_of_a_portal_is_documented() -> None:
    text = text_of("operators.md")
    keys = [item.name for item in fields(Portal) if item.name not in {"options", "folder"}]
    undocumented = [key for key in keys if f"`{key}`" not in text]
    assert undocumented == []
    assert [name for name in HARVESTERS if f"`{name}`" not in text] == []


@pytest.mark.parametrize("name", [facet.name for facet in FACETS] + list(SORTS))
def test_every_facet_and_sort_is_documented(name: str) -> None:
    assert f"`{name}`" in text_of("api.md")


def test_the_windows_and_limits_are_the_documented_ones() -> None:
    text = text_of("api.md")
    assert ", ".join(UPDATED_DAYS) in text
    for limit in (MAX_QUERY_CHARACTERS, MAX_TERMS, MAX_LIMIT, MAX_WINDOW):
        assert f"{limit:,}" in text


@pytest.mark.parametrize("name", sorted(tables()))
def test_every_finding_is_explained_where_its_reader_looks(name: str) -> None:
    """`python -m hubsearch.slug_tables` writes the tables again."""
    assert between_markers(text_of(name)) == tables()[name]
