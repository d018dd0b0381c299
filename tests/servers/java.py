"""A JDK for Elasticsearch: its distribution for tests has none of its own."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.servers.errors import ServerMissing

OLDEST = 21
"""What Elasticsearch 9 needs."""


def find_jdk() -> Path:
    """A JDK's home: the one ES_JAVA_HOME or JAVA_HOME names, else the oldest that is new enough.

    Raises ServerMissing where there is none.
    """
    for name in ("ES_JAVA_HOME", "JAVA_HOME"):
        home = os.environ.get(name)
        if home and _version(Path(home)) >= OLDEST:
            return Path(home)
    found = [(version, home) for home in _homes() if (version := _version(home)) >= OLDEST]
    if not found:
        raise ServerMissing(f"no JDK {OLDEST} or newer: install one, or name its folder in ES_JAVA_HOME")
    return min(found)[1]


def _homes() -> Iterator[Path]:
    yield from sorted(Path("/usr/lib/jvm").glob("*"))
    yield from sorted(Path("/Library/Java/JavaVirtualMachines").glob("*/Contents/Home"))
    javac = shutil.which("javac")
    if javac:
        yield Path(javac).resolve().parents[1]


def _version(home: Path) -> int:
    """The JDK's major version; 0 where there is no compiler."""
    javac = home / "bin/javac"
    if not javac.exists():
        return 0
    release = home / "release"
    told = release.read_text(encoding="utf-8", errors="replace") if release.exists() else ""
    said = re.search(r'^JAVA_VERSION="(\d+)', told, re.MULTILINE)
    if said is None:
        answer = subprocess.run([javac, "-version"], capture_output=True, text=True, check=False)
        said = re.search(r"javac (\d+)", answer.stdout + answer.stderr)
    return int(said[1]) if said else 0
