"""The house rules, held by tests: which package may import which, and how large things may grow."""

import ast
import re
import statistics
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

ARROWS: dict[str, set[str]] = {
    "mappings": set(),
    "harvesters": {"mappings"},
    "dcat": {"mappings"},
    "index": {"mappings"},
    "search_api": {"index", "dcat", "mappings"},
    "hubsearch": {"search_api", "index", "dcat", "harvesters", "mappings"},
}
"""Who may import whom: a record flows left to right, imports go the other way only."""

LONGEST_MODULE = 300
LONGEST_FUNCTION = 60
LONG_FOR_A_REASON: dict[str, str] = {}
"""Modules over the limit, each with its reason."""


def modules(package: str) -> list[Path]:
    return sorted(path for path in (ROOT / package).rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import; say it absolutely"
            yield node.module or ""


@pytest.mark.parametrize("package", ARROWS)
def test_imports_go_against_the_flow_of_a_record_only(package: str) -> None:
    allowed = ARROWS[package] | {package}
    for path in modules(package):
        ours = {name.split(".")[0] for name in imported(path)} & set(ARROWS)
        assert ours <= allowed, f"{path.relative_to(ROOT)} imports {sorted(ours - allowed)}"


def test_every_benchmark_starts() -> None:
    """Nobody runs them all the time, so their imports would rot."""
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in modules("benchmarks")]
    script = "import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name)"
    subprocess.run([ROOT / ".venv/bin/python", "-c", script, *names], check=True, cwd=ROOT)


def test_only_the_fetching_child_runs_a_reactor() -> None:
    """A reactor starts once in a process, so nothing the parent imports may import Scrapy or Twisted."""
    script = (
        "import sys, hubsearch.harvesting, hubsearch.serving, hubsearch.cli.demo\n"
        "found = sorted(name for name in sys.modules if name.split('.')[0] in ('scrapy', 'twisted'))\n"
        "sys.exit(', '.join(found[:5]) or 0)"
    )
    subprocess.run([ROOT / ".venv/bin/python", "-c", script], check=True, cwd=ROOT)


def test_modules_hold_one_idea_and_stay_short() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for package in ARROWS
        for path in modules(package)
    }
    too_long = {
        name: n for name, n in lengths.items() if n > LONGEST_MODULE and name not in LONG_FOR_A_REASON
    }
    assert not too_long
    assert statistics.median(n for n in lengths.values() if n > 5) <= 130


def test_functions_stay_short() -> None:
    for package in ARROWS:
        for path in modules(package):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    length = (node.end_lineno or node.lineno) - node.lineno + 1
                    assert length <= LONGEST_FUNCTION, (
                        f"{path.relative_to(ROOT)}: {node.name} has {length} lines"
                    )


def test_every_public_module_says_what_it_is_for() -> None:
    for package in ARROWS:
        for path in modules(package):
            assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), f"{path} has no docstring"


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [ROOT / name for name in listed.decode().split("\0") if name and (ROOT / name).is_file()]


def test_no_package_registry_is_named_in_the_repository() -> None:
    """Lock files included: whoever installs uses the registry of their own."""
    registries = re.compile(rb"pypi" rb"\.org|pythonhosted" rb"\.org|registry\.npm" rb"js|repo1?\.maven")
    for path in tracked_files():
        if path.suffix not in {".gz", ".png"}:
            assert not registries.search(path.read_bytes()), f"{path.relative_to(ROOT)} names a registry"


def test_the_bundled_sample_is_small_and_each_file_has_a_source() -> None:
    folder = ROOT / "hubsearch/demo/sample"
    sources = (folder / "SOURCES.md").read_text(encoding="utf-8")
    own = {"__init__.py", "__pycache__", "SOURCES.md", "portals.toml"}
    held = [path for path in folder.iterdir() if path.name not in own]
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) <= 1_300_000
    names = [f"{path.name}/" if path.is_dir() else path.name for path in held]
    assert [name for name in names if f"`{name}`" not in sources] == []


def test_the_readme_names_make_targets_that_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z-]+)\b", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert {"demo", "test"} <= named <= targets
