"""The spool: what went in comes out, as often as asked; a part of one is none."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harvesters.spool import SpoolReader, SpoolTruncated, SpoolWriter
from mappings.issue import Issue
from mappings.source_record import PageFailure, RunStatement, SourceRecord

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
COUNT = st.none() | st.integers(0, 2**40)
RECORDS = st.lists(
    st.builds(
        SourceRecord,
        source=TEXT,
        identifier=st.none() | TEXT,
        schema=TEXT,
        payload=st.binary(max_size=200),
        url=st.none() | TEXT,
        digest=TEXT,
        version=TEXT,
        views=COUNT,
        downloads=COUNT,
        trouble=st.none() | st.builds(Issue, TEXT, TEXT, TEXT),
    ),
    max_size=8,
)
STATEMENTS = st.builds(
    RunStatement,
    complete=st.booleans(),
    reason=TEXT,
    slug=TEXT,
    failed=st.booleans(),
    records=st.integers(0, 2**40),
    declared_total=COUNT,
    seconds=st.floats(0, 1e9),
    failures=st.lists(st.builds(PageFailure, TEXT, TEXT, TEXT), max_size=3),
)
ROUND_TRIP = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def write(path: Path, records: list[SourceRecord], statement: RunStatement) -> SpoolReader:
    with SpoolWriter(path) as spool:
        for record in records:
            spool.write(record)
        spool.close(statement)
    return SpoolReader(path)


@ROUND_TRIP
@given(RECORDS, STATEMENTS)
def test_records_and_statement_come_out_as_they_went_in(
    tmp_path: Path, records: list[SourceRecord], statement: RunStatement
) -> None:
    spool = write(tmp_path / "run.spool", records, statement)
    assert spool.statement == statement
    assert list(spool.records()) == records
    assert list(spool.records()) == records, "a second time"
    headers = list(spool.headers())
    assert all(header.payload == b"" for header in headers)
    for header, record in zip(headers, records, strict=True):
        header.payload = record.payload
    assert headers == records


def sample(path: Path) -> bytes:
    records = [
        SourceRecord("s", f"id-{n}", "dcat-us-1.1", b'{"title":"%d"}' % n, digest="d" * 32) for n in range(40)
    ]
    write(path, records, RunStatement(complete=True, records=40))
    return path.read_bytes()


def test_a_spool_cut_at_any_byte_is_refused(tmp_path: Path) -> None:
    whole = sample(tmp_path / "whole")
    part = tmp_path / "part"
    for cut in range(len(whole)):
        part.write_bytes(whole[:cut])
        with pytest.raises(SpoolTruncated):
            SpoolReader(part)


def test_a_spool_with_a_hole_is_refused_not_misread(tmp_path: Path) -> None:
    whole = sample(tmp_path / "whole")
    good = list(SpoolReader(tmp_path / "whole").records())
    part = tmp_path / "part"
    refused = 0
    for hole in range(0, len(whole) - 1, 3):
        part.write_bytes(whole[:hole] + whole[hole + 1 :])
        read: list[SourceRecord] = []
        try:
            read.extend(SpoolReader(part).records())
        except SpoolTruncated:
            refused += 1
            assert read == good[: len(read)]
        else:
            assert read == good  # the hole is in the eight bytes that only other programs read
    assert refused > len(whole) // 4


def test_a_run_that_dies_leaves_no_spool(tmp_path: Path) -> None:
    def die() -> None:
        with SpoolWriter(tmp_path / "run.spool") as spool:
            spool.write(SourceRecord("s", "a", "x", b"{}"))
            raise KeyError

    with pytest.raises(KeyError):
        die()
    assert list(tmp_path.iterdir()) == []


def test_a_spool_appears_only_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "run.spool"
    with SpoolWriter(path) as spool:
        spool.write(SourceRecord("s", "a", "x", b"{}"))
        assert not path.exists()
        spool.close(RunStatement(complete=True))
        assert path.exists()
    assert [entry.name for entry in tmp_path.iterdir()] == ["run.spool"]


def test_payloads_larger_than_every_buffer_survive(tmp_path: Path) -> None:
    records = [SourceRecord("s", str(n), "x", bytes([n]) * 3_000_000) for n in range(3)]
    assert list(write(tmp_path / "run.spool", records, RunStatement(complete=True)).records()) == records


def test_a_missing_spool_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        SpoolReader(tmp_path / "none")
