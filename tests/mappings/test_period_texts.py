"""Periods read from words: derived, with the words, and only where one period is named."""

import time

import pytest

from mappings.dataset import Dataset, Temporal
from mappings.period_texts import period_in
from mappings.place_settling import settle_places
from tests.mappings.crosswalk import feeds, records
from tests.shared_data import needs_shared


def read(
    title: str, description: str | None = None, *, federal: bool = False
) -> tuple[str | None, str | None] | None:
    found = period_in(Dataset(title, description=description), federal=federal)
    return (found.start, found.end) if found else None


@pytest.mark.parametrize(
    ("title", "period"),
    [
        ("Crashes 2015-2019", ("2015", "2019")),
        ("Crashes 2015 – 2019", ("2015", "2019")),
        ("Crashes from 2015 to 2019", ("2015", "2019")),
        ("Crashes between 2015 and 2019", ("2015", "2019")),
        ("Enrollment 2018-19", ("2018", "2019")),
        ("Crimes 2019", ("2019", "2019")),
        ("2019_Crimes", ("2019", "2019")),
        ("Spending FY 2019-2021", ("2019", "2021")),
        ("Spending FY19", ("2019", "2019")),
        ("Spending FY2016", ("2016", "2016")),
        ("Permits January 2020 to March 2021", ("2020-01", "2021-03")),
        ("Permits Jan-Mar 2020", ("2020-01", "2020-03")),
        ("Permits, January 1, 2017 - December 7, 2018", ("2017-01-01", "2018-12-07")),
        ("Permits 3/2/2021", ("2021-03-02", "2021-03-02")),
        ("Sidewalks 2020 Q2", ("2020-04", "2020-06")),
        ("Sidewalks Q2 2020", ("2020-04", "2020-06")),
        ("Tax Sale 2010-present", ("2010", None)),
        ("Tax Sale since 2010", ("2010", None)),
        ("Natural Gas From 1997-Latest Year Available", ("1997", None)),
        ("Fire Insurance Map 1883", ("1883", "1883")),
        ("Vision 2030", None),
        ("Comprehensive Plan 2020", None),
        ("Sales 2010 and 2015", None),
        ("Form 1040", None),
        ("Lakes over 2000 feet", None),
        ("Call 555-1999", None),
        ("Code A2010", None),
        ("ETA-9019", None),
        ("Permits 13/45/2021", None),
        ("$2000 grants", None),
        ("Wells", None),
    ],
)
def test_titles(title: str, period: tuple[str | None, str | None] | None) -> None:
    assert read(title) == period


def test_the_federal_fiscal_year_begins_in_october_and_others_are_less_sure() -> None:
    assert read("Outlays FY 2019-2021", federal=True) == ("2018-10-01", "2021-09-30")
    federal = period_in(Dataset("Outlays FY 2019"), federal=True)
    other = period_in(Dataset("Outlays FY 2019"), federal=False)

    assert federal is not None
    assert other is not None
    assert (federal.confidence, other.confidence) == (0.7, 0.6)


def test_of_a_description_only_a_range_counts() -> None:
    assert read("Wells", "Founded in 1998. Updated 2019.") is None
    assert read("Wells", "Drilled between January 2010 and March 2015.") == ("2010-01", "2015-03")
    assert read("Wells", "Drilled 2010-2012; inspected 2013-2015.") is None


def test_a_year_after_the_record_was_changed_is_a_plan() -> None:
    assert period_in(Dataset("Land Use 2035", modified="2012-05-01"), federal=False) is None
    assert period_in(Dataset("Land Use 2012", modified="2012-05-01"), federal=False) is not None


def test_it_is_derived_with_its_words() -> None:
    assert period_in(Dataset("Crashes, 2015-2019, by town"), federal=False) == Temporal(
        "2015", "2019", None, derived=True, evidence="2015-2019", confidence=0.8
    )


def test_a_published_period_stays_even_unread() -> None:
    for published in (Temporal("1999", "2000", "1999/2000"), Temporal(None, None, "long ago")):
        dataset = Dataset("Crashes 2015-2019", temporal=published)
        settle_places(dataset, "other", "")
        assert dataset.temporal == published


def test_hostile_texts_take_no_time() -> None:
    began = time.perf_counter()
    for text in ("2010-" * 50_000, "January " * 50_000, "FY" * 50_000, "1/" * 50_000, " " * 200_000 + "2010"):
        read(text[:1000], text)

    assert time.perf_counter() - began < 1


@needs_shared
def test_years_in_real_titles_agree_with_the_published_period() -> None:
    """Where a federal record states its period, what its title says is within it or touches it; most of
    the others are yearly files whose publisher copied the first one's period ("Annual 2017 Report", 2010)."""
    agree = total = 0
    for feed in feeds("dcat-us/federal-2025/*.json*"):
        for _, record in records(feed):
            stated = str(record.get("temporal") or "")
            found = period_in(Dataset(str(record.get("title"))), federal=True)
            if found is None or found.start is None or not stated[:4].isdigit() or "/" not in stated:
                continue
            start, end = (part[:4] for part in stated.split("/")[:2])
            if end.isdigit():
                total += 1
                agree += int(start) - 1 <= int(found.start[:4]) <= int(end) + 1

    assert total >= 20
    assert agree / total >= 0.78
