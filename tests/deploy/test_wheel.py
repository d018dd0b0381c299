"""The wheel, all of ours that the image holds: complete, and working where nothing can be written."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.test_house import ARROWS, tracked_files


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    words = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(words, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_holds_every_file_of_the_packages_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
        entry_points = archive.read(next(n for n in archive.namelist() if n.endswith("entry_points.txt")))
    ours = {path.relative_to(ROOT).as_posix() for path in tracked_files() if path.is_relative_to(ROOT)}
    ours = {name for name in ours if name.partition("/")[0] in ARROWS}
    assert ours - held == set()
    assert {name.partition("/")[0] for name in held} == set(ARROWS)
    assert not [name for name in held if name.endswith((".pyc", ".sqlite", ".toml.new"))]
    assert b"hubsearch = hubsearch.cli:main" in entry_points


def test_the_demo_runs_from_the_wheel_where_only_the_home_and_tmp_can_be_written(
    wheel: Path, tmp_path: Path
) -> None:
    code, empty, home, tmp = (tmp_path / name for name in ("code", "empty", "home", "tmp"))
    for folder in (code, empty, home, tmp):
        folder.mkdir()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(code)
    for path in [code, *code.rglob("*"), empty]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(code),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HUBSEARCH_HOME": str(home),
        "HOME": str(tmp),
        "TMPDIR": str(tmp),
    }

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *words], cwd=empty, env=environment, capture_output=True, text=True, check=False
        )

    where = run("-c", "import hubsearch; print(hubsearch.__file__)").stdout
    assert where.startswith(str(code)), "the wheel's code, not the folder's"
    done = run("-m", "hubsearch", "demo", "--no-serve", "--quiet")
    assert done.returncode == 0, done.stderr
    found = run("-m", "hubsearch", "search", "hospital", "--limit", "1", "--json")
    assert '"total"' in found.stdout
    assert list(empty.iterdir()) == []
    assert not list(code.rglob("__pycache__"))


def test_the_image_is_made_of_the_locked_dependencies_alone() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    installs = [line for line in text.splitlines() if "pip install" in line or "pip wheel" in line]
    assert installs
    for line in installs:
        assert "--require-hashes" in line or "--no-deps" in line, line
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert ignored[1] == "*", "nothing gets into the build but what is named"
    assert {line[1:] for line in ignored if line.startswith("!")} >= set(ARROWS)


def test_what_makes_the_wheel_is_locked_to_the_versions_of_development() -> None:
    def pins(name: str) -> set[str]:
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        return {line.split()[0] for line in lines if "==" in line and not line.startswith((" ", "#"))}

    assert pins("requirements-build.txt") <= pins("requirements-dev.txt")
    assert any(pin.startswith("hatchling==") for pin in pins("requirements-build.txt"))
