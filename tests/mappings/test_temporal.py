"""Periods: intervals with open ends, durations, and the words of Socrata's metadata."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.dataset import Temporal
from mappings.temporal import read_temporal
from tests.mappings.crosswalk import feeds, find, records
from tests.mappings.reading import read
from tests.shared_data import needs_shared


@pytest.mark.parametrize(
    ("raw", "start", "end"),
    [
        ("1980/2013", "1980", "2013"),
        ("2013-01-01/2013-12-31", "2013-01-01", "2013-12-31"),
        (
            "2003-01-01T00:00:00-05:00/2014-12-31T00:00:00-05:00",
            "2003-01-01T00:00:00-05:00",
            "2014-12-31T00:00:00-05:00",
        ),
        ("2020-01-21/..", "2020-01-21", None),
        ("../2020-01-21", None, "2020-01-21"),
        ("2020/", "2020", None),
        ("2013-01-01/03-31", "2013-01-01", "2013-03-31"),
        ("2013-01-01/P1Y", "2013-01-01", "2013-12-31"),
        ("2013-02-01/P1M", "2013-02-01", "2013-02-28"),
        ("2013-03-04/P1W", "2013-03-04", "2013-03-10"),
        ("2013/P2Y", "2013", "2014"),
        ("P1M/2014-01-31", "2014-01-01", "2014-01-31"),
        ("R/2013-01-01/P1D", "2013-01-01", "2013-01-01"),
        ("1/1/2013 / 12/31/2013", None, None),
    ],
)
def test_iso_intervals(raw: str, start: str | None, end: str | None) -> None:
    temporal, slugs = read(read_temporal, raw)
    assert temporal == Temporal(start, end, raw)
    assert slugs == ([] if start or end else ["invalid-temporal"])


@pytest.mark.parametrize(
    ("raw", "start", "end"),
    [
        ("2018", "2018", "2018"),
        ("2005-2006", "2005", "2006"),
        ("2012 - Current", "2012", None),
        ("2014- Present", "2014", None),
        ("10/1/1971-Current", "1971-10-01", None),
        ("2010 through 2015", "2010", "2015"),
        ("Jan 1, 2009 onward", "2009-01-01", None),
        ("Since 1998", "1998", None),
        ("Calendar year 2015", "2015", "2015"),
        ("Calendar Year 2011 through 2015", "2011", "2015"),
        ("7/1/17-6/30/18", "2017-07-01", "2018-06-30"),
        ("7/1/16 - 6/30/17", "2016-07-01", "2017-06-30"),
        ("April 4, 2021-June 18, 2022", "2021-04-04", "2022-06-18"),
        ("March, 2020 - Present", "2020-03", None),
        ("2021-02-09 - 2021-02-16", "2021-02-09", "2021-02-16"),
    ],
)
def test_words_are_read_and_reported(raw: str, start: str | None, end: str | None) -> None:
    assert read(read_temporal, raw) == (Temporal(start, end, raw), ["temporal-not-iso"])


@pytest.mark.parametrize(
    "raw",
    [
        "Varies",
        "FY 2015 - FY 2018",
        "2014 Municipal Census (April 1, 2014)",
        "R/P1Y",
        "../..",
        "2001/2002/2003",
        "2013-02-30/2013-03-01",
        "Winter 2021/22",
    ],
)
def test_what_cannot_be_read_keeps_its_words(raw: str) -> None:
    assert read(read_temporal, raw) == (Temporal(None, None, raw), ["invalid-temporal"])


def test_a_novel_is_no_period() -> None:
    temporal, slugs = read(read_temporal, "2013/2014 " * 1000)
    assert slugs == ["invalid-temporal"]
    assert temporal is not None
    assert (temporal.start, temporal.end) == (None, None)
    assert len(temporal.as_published or "") <= 2_000


def test_objects_name_their_ends() -> None:
    assert read(read_temporal, {"@type": "PeriodOfTime", "startDate": "2001", "endDate": "2002"}) == (
        Temporal("2001", "2002", "2001/2002"),
        [],
    )
    assert read(read_temporal, {"startDate": "2001"})[0] == Temporal("2001", None, "2001/..")
    assert read(read_temporal, {"@type": "PeriodOfTime"}) == (None, [])


@needs_shared
@pytest.mark.parametrize(
    ("feed", "identifier", "start", "end", "slugs"),
    [
        (
            "dcat-us/federal-2025/energy.data.json",
            "DOE-019-2416184566",
            "2000",
            "2015",
            ["temporal-reversed"],
        ),
        ("dcat-us/federal-2025/energy.data.json", "GHI_monavg_1998-2016", "1998-01-01", "2106-12-31", []),
        (
            "dcat-us/healthdata-4-days/HealthData.gov_2020-01-04.data.json",
            "342",
            None,
            "2014-12-31T00:00:00-05:00",
            ["implausible-date"],
        ),
    ],
)
def test_odd_periods_of_real_records(
    feed: str, identifier: str, start: str | None, end: str | None, slugs: list[str]
) -> None:
    published = find(feed, identifier)[1]["temporal"]
    assert read(read_temporal, published) == (Temporal(start, end, published), slugs)


@needs_shared
def test_every_period_of_the_federal_feeds_is_read() -> None:
    periods = [
        dataset["temporal"]
        for feed in feeds("dcat-us/federal-2025/*.data.json*")
        for _, dataset in records(feed)
        if dataset.get("temporal")
    ]
    unread = [each for each in periods if "invalid-temporal" in read(read_temporal, each)[1]]
    assert len(periods) > 500
    assert unread == []


@given(st.integers(1000, 2300), st.integers(1000, 2300))
def test_a_period_never_ends_before_it_begins(first: int, second: int) -> None:
    temporal, _ = read(read_temporal, f"{first}/{second}")
    assert temporal is not None
    assert (temporal.start, temporal.end) == (str(min(first, second)), str(max(first, second)))


@given(st.integers(0, 9999), st.integers(0, 9999), st.integers(0, 99999), st.sampled_from("/R"))
def test_durations_of_any_length_are_survived(years: int, months: int, days: int, mark: str) -> None:
    duration = f"P{years}Y{months}M{days}D"
    raw = f"2000-01-31/{duration}" if mark == "/" else f"{duration}/2000-01-31"
    temporal, _ = read(read_temporal, raw)
    assert temporal is not None
    assert temporal.as_published == raw
