"""Elasticsearch as its makers publish it for integration tests, fetched by Maven and kept in the cache.

It is the real server with its security, but without the module of analysis components; the small plugin in
`analysis_plugin/` registers those the hub uses under the names the full distribution has them by.
"""

import hashlib
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path

from tests.servers.errors import ServerFailed, ServerMissing
from tests.servers.java import find_jdk
from tests.servers.places import made_once

VERSION = "9.5.0"
ARTEFACT = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{VERSION}:zip"
PLUGIN = "hubsearch-test-analysis"
PLUGIN_SOURCE = Path(__file__).parent / "analysis_plugin/CommonAnalysis.java"

DESCRIPTOR = f"""\
description=analysis components of the full distribution, for tests
version=1
name={PLUGIN}
classname=hubsearch.test.CommonAnalysis
java.version=21
elasticsearch.version={VERSION}
"""


def unpacked() -> Path:
    """The folder of the server with the plugin installed; servers share it and write nothing there.

    Raises ServerMissing without Maven, a JDK or the network at the first time.
    """
    find_jdk()
    return made_once(folder_name(), _make)


def folder_name() -> str:
    """What the folder is called in the cache; another plugin makes another folder."""
    plugin = hashlib.sha256(PLUGIN_SOURCE.read_bytes() + DESCRIPTOR.encode()).hexdigest()[:8]
    return f"elasticsearch-{VERSION}-{plugin}"


def _make(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as aside:
        with zipfile.ZipFile(_fetch(Path(aside))) as packed:
            packed.extractall(aside)
        for part in (Path(aside) / f"elasticsearch-{VERSION}").iterdir():
            shutil.move(part, folder / part.name)
    _install_plugin(folder)


def _fetch(into: Path) -> Path:
    """The zip, from the repository Maven is set to ask."""
    maven = shutil.which("mvn")
    if maven is None:
        raise ServerMissing("Maven fetches Elasticsearch for the tests: install maven (mvn)")
    words = ["-q", "-B", "dependency:copy", f"-Dartifact={ARTEFACT}", f"-DoutputDirectory={into}"]
    done = subprocess.run(
        [maven, *words], cwd=into, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ServerMissing(f"Maven could not fetch {ARTEFACT}:\n{(done.stdout + done.stderr)[-2000:]}")
    return next(into.glob("*.zip"))


def _install_plugin(folder: Path) -> None:
    plugin = folder / "plugins" / PLUGIN
    plugin.mkdir(parents=True)
    (plugin / "plugin-descriptor.properties").write_text(DESCRIPTOR, encoding="utf-8")
    with tempfile.TemporaryDirectory() as classes:
        javac = f"{find_jdk()}/bin/javac"
        words = ["--release", "21", "-cp", f"{folder}/lib/*", "-d", classes, str(PLUGIN_SOURCE)]
        done = subprocess.run([javac, *words], capture_output=True, text=True, check=False)
        if done.returncode:
            raise ServerFailed(f"{PLUGIN_SOURCE.name} does not compile:\n{done.stderr}")
        with zipfile.ZipFile(plugin / "plugin.jar", "w") as jar:
            for path in Path(classes).rglob("*.class"):
                jar.write(path, path.relative_to(classes))
