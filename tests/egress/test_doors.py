"""Which module of the product may open a connection, by name: everything else asks those."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGES = ("mappings", "harvesters", "dcat", "index", "search_api", "hubsearch")
DOORS = {
    "harvesters/connect.py": {"socket"},  # every fetch
    # a hub and the zygote of its fetches, over a pair of sockets that have no address
    "harvesters/children.py": {"socket"},
    "harvesters/fork_request.py": {"socket"},
    "harvesters/zygote.py": {"socket"},
    "hubsearch/cli/demo.py": {"socket"},  # looks whether a port of its own is free
}
"""Modules that import what could open a connection, and what for. Twisted is for the fetching child alone,
SQLAlchemy and the engine's client for `index`."""
PROGRAMS = {"harvesters/children.py"}
"""Modules that start another program: the one that fetching processes are forked from."""

CLIENTS = frozenset(
    {
        *(
            "socket",
            "_socket",
            "ssl",
            "http.client",
            "urllib.request",
            "ftplib",
            "smtplib",
            "poplib",
            "imaplib",
        ),
        *(
            "telnetlib",
            "nntplib",
            "xmlrpc",
            "httpx",
            "requests",
            "aiohttp",
            "urllib3",
            "pycurl",
            "websockets",
        ),
        *("boto3", "paramiko", "ctypes"),
    }
)
CALLS = frozenset(
    {
        *(
            "urlopen",
            "urlretrieve",
            "create_connection",
            "open_connection",
            "open_unix_connection",
            "getPage",
        ),
        *(
            "create_datagram_endpoint",
            "connectTCP",
            "connectSSL",
            "connectUNIX",
            "connectUDP",
            "system",
            "popen",
        ),
        *("HTTPConnection", "HTTPSConnection", "clientFromString", "HostnameEndpoint", "download_file"),
    }
)
"""Names that connect, or start a program that may, wherever they come from."""


def parsed() -> Iterator[tuple[str, ast.Module]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def among(name: str, names: frozenset[str]) -> str | None:
    return next((one for one in names if name == one or name.startswith(f"{one}.")), None)


def test_nobody_imports_a_client_but_the_doors() -> None:
    found: dict[str, set[str]] = {}
    for path, tree in parsed():
        used = {client for name in imported(tree) if (client := among(name, CLIENTS))}
        if used - DOORS.get(path, set()):
            found[path] = used
    assert found == {}


def test_the_doors_are_where_they_are_said_to_be() -> None:
    assert [path for path in (*DOORS, *PROGRAMS) if not Path(ROOT, path).exists()] == []


def test_only_the_starter_of_children_starts_programs() -> None:
    using = {
        path for path, tree in parsed() if "subprocess" in {name.split(".")[0] for name in imported(tree)}
    }
    assert using <= PROGRAMS


@pytest.mark.parametrize("package", PACKAGES)
def test_nobody_calls_what_connects(package: str) -> None:
    found = [
        f"{path}:{node.lineno} {name}"
        for path, tree in parsed()
        if path.startswith(f"{package}/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and (name := getattr(node.func, "attr", getattr(node.func, "id", ""))) in CALLS
    ]
    assert found == []


def test_only_the_fetching_child_speaks_twisted() -> None:
    users = {
        path for path, tree in parsed() for name in imported(tree) if among(name, frozenset({"twisted"}))
    }
    assert {path.partition("/")[0] for path in users} == {"harvesters"}
    endpoints = {
        path
        for path, tree in parsed()
        for name in imported(tree)
        if name.startswith("twisted.internet.endpoints")
    }
    assert endpoints == {"harvesters/connect.py"}
