"""The recorder as pytest sees it: it begins with the run, is judged after the last process, fails the run.

With pytest-xdist the workers are recorded like every other child of the run; the controller judges.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

from tests.egress.rules import complaints

RECORDER = Path(__file__).parent / "recording"


class EgressRecorder:
    """Of the process that runs the tests, or of the one that hands them out."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._found: list[str] = []

    @pytest.hookimpl(trylast=True)  # after pytest-xdist has ended its workers
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        self._found = complaints(self._folder)
        if self._found:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        shutil.rmtree(self._folder, ignore_errors=True)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._found:
            terminalreporter.section("connections that by-passed the guard", red=True, bold=True)
            terminalreporter.write("\n\n".join(self._found) + "\n")


def start(config: pytest.Config) -> None:
    """Record from now on; whoever runs the whole run judges at its end."""
    import_from = str(RECORDER)
    if import_from not in sys.path:
        sys.path.append(import_from)
    import egress_recorder

    if not hasattr(config, "workerinput"):
        folder = Path(tempfile.mkdtemp(prefix="hubsearch-egress-"))
        os.environ[egress_recorder.VARIABLE] = str(folder)
        config.pluginmanager.register(EgressRecorder(folder), "egress-recorder")
    egress_recorder.install_if_asked()
