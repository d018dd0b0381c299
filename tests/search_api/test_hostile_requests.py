"""A served hub lives through what nobody should ask (`python -m benchmarks.faults.queries` asks 20,000)."""

import json
from pathlib import Path

import pytest

from benchmarks.faults.killer_queries import KILLERS
from benchmarks.faults.queries import main


def test_fuzzed_requests_and_fifty_killers_harm_nothing(
    demo_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--number", "800", "--home", str(demo_home), "--p99", "20"]  # other tests run beside this one
    status = main(words)
    figures = json.loads(capsys.readouterr().out)
    assert not figures["broken"]
    assert status == 0
    assert figures["same_process"]
    assert figures["statuses"]["200"] > 200
    assert figures["statuses"]["400"] > 100


def test_there_are_fifty_killers_and_more() -> None:
    assert len(KILLERS) >= 50
