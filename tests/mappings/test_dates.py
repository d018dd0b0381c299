"""Dates are ISO 8601, as precise as published, and never moved into another time zone."""

import time
from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappings.date_spellings import iso_of, strict_iso
from mappings.dates import date_key, read_date
from tests.mappings.crosswalk import feeds, find, records
from tests.mappings.reading import read
from tests.shared_data import needs_shared


@pytest.mark.parametrize(
    "iso",
    [
        "2013",
        "2013-04",
        "2013-04-24",
        "2020-10-26T17:52",
        "2020-10-26T17:52:19",
        "2020-10-26T17:52:19Z",
        "2020-10-26T17:52:19.000Z",
        "2017-02-07T15:02:02.932346",
        "2003-01-01T00:00:00-05:00",
        "2024-02-29",
    ],
)
def test_iso_dates_stay_as_they_are(iso: str) -> None:
    assert read(read_date, iso) == (iso, [])


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        # wprdc-2019: a space instead of T, and no zone
        ("2019-06-27 12:41:27", "2019-06-27T12:41:27"),
        ("2020-06-05T14:00:00.000-0500", "2020-06-05T14:00:00.000-05:00"),
        ("2020-06-05 14:00:00 UTC", "2020-06-05T14:00:00Z"),
        ("2020-06-05 14:00:00 EST", "2020-06-05T14:00:00-05:00"),
        ("20200908", "2020-09-08"),
        ("20200908T101500Z", "2020-09-08T10:15:00Z"),
        ("2013/4/5", "2013-04-05"),
        (1500000000000, "2017-07-14T02:40:00Z"),
        ("1500000000", "2017-07-14T02:40:00Z"),
        ("Tue, 15 Nov 1994 08:12:31 GMT", "1994-11-15T08:12:31Z"),
        ("Tue, 15 Nov 1994 08:12:31 +0200", "1994-11-15T08:12:31+02:00"),
        # Socrata domain metadata
        ("2/21/2013", "2013-02-21"),
        ("7/1/17", "2017-07-01"),
        ("12/31/98", "1998-12-31"),
        ("31/12/2013", "2013-12-31"),
        ("3/13/2014 4:05 PM", "2014-03-13T16:05:00"),
        ("March 23, 2018", "2018-03-23"),
        ("September 2011", "2011-09"),
        ("Sept. 2011", "2011-09"),
        ("November 30 2016", "2016-11-30"),
        ("Jan. 5, 2012", "2012-01-05"),
        ("5th of May 2012", "2012-05-05"),
        ("24-Mar-2017", "2017-03-24"),
        # other languages, by dateparser
        ("27 de enero de 2019", "2019-01-27"),
        ("27 janvier 2019", "2019-01-27"),
        ("Tue Mar 03 2020 00:00:00 GMT+0000 (UTC)", "2020-03-03T00:00:00Z"),
    ],
)
def test_other_spellings_are_read_and_reported(raw: object, expected: str) -> None:
    assert read(read_date, raw) == (expected, ["date-not-iso"])


@pytest.mark.parametrize(
    ("raw", "slug"),
    [
        ("R/P1Y", "modified-is-interval"),
        ("R/PT1S", "modified-is-interval"),
        ("P1D", "modified-is-interval"),
        ("9999-12-31", "implausible-date"),
        ("0014-07-30", "implausible-date"),
        ("0021-12-31", "implausible-date"),
        ("2013-02-30", "invalid-date"),
        ("2013-13-01", "invalid-date"),
        ("2013-01-01T25:00:00Z", "invalid-date"),
        ("2013-01-01T10:00:00+25:00", "invalid-date"),
        ("2010412", "invalid-date"),
        ("yesterday", "invalid-date"),
        ("2 days ago", "invalid-date"),
        ("Spring 2013", "invalid-date"),
        ("every October 2013", "invalid-date"),
        ("٢٠١٣-٠١-٠١", "invalid-date"),
        ("x" * 10_000, "invalid-date"),
        ("1" * 10_000, "invalid-date"),
        ("TBD", "placeholder"),
        ("{{modified}}", "template-residue"),
        (True, "wrong-type"),
        (["2013", "2014"], "wrong-type"),
    ],
)
def test_what_is_no_date_is_none_and_says_why(raw: object, slug: str) -> None:
    assert read(read_date, raw) == (None, [slug])


@needs_shared
@pytest.mark.parametrize(
    ("feed", "identifier", "field", "expected", "slugs"),
    [
        (
            "dcat-us/federal-2025/energy.data.json",
            "DOE-019-1137456523",
            "modified",
            "1905-06-30",
            ["date-before-1990"],
        ),
        ("dcat-us/federal-2025/energy.data.json", "wave_depth", "issued", None, ["implausible-date"]),
        (
            "dcat-us/edge-cases/gsa-harvester_dcatus_same_title.json",
            "cftc-dc2",
            "modified",
            None,
            ["modified-is-interval"],
        ),
        (
            "dcat-us/argentina/catalogo-justicia.data.json",
            "d9a963ea-8b1d-4ca3-9dd9-07a4773e8c23",
            "modified",
            "2017-02-07T15:02:02.932346",
            [],
        ),
    ],
)
def test_odd_dates_of_real_records(
    feed: str, identifier: str, field: str, expected: str | None, slugs: list[str]
) -> None:
    assert read(read_date, find(feed, identifier)[1][field]) == (expected, slugs)


@needs_shared
def test_every_date_of_the_hubs_is_read_without_a_finding() -> None:
    dates = [
        dataset[field]
        for feed in feeds("arcgis-hub/latest/*.data.json*")
        for _, dataset in records(feed)
        for field in ("issued", "modified")
    ]
    assert len(dates) > 12_000
    assert [each for each in dates if read(read_date, each) != (each, [])] == []


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 12, 31)))
def test_every_day_is_read_in_every_notation(day: date) -> None:
    iso = day.isoformat()
    for spelling in (
        iso,
        f"{day:%Y%m%d}",
        f"{day:%B} {day.day}, {day.year}",
        f"{day.day} {day:%b} {day.year}",
    ):
        assert read(read_date, spelling)[0] == iso


@given(
    st.datetimes(
        min_value=datetime(1990, 1, 1),
        max_value=datetime(2099, 12, 31),
        timezones=st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m))),
    )
)
def test_a_moment_keeps_its_offset_and_its_place_in_the_order(moment: datetime) -> None:
    iso = moment.isoformat()
    assert read(read_date, iso) == (iso, [])
    assert date_key(iso) == int(moment.replace(microsecond=0).timestamp())


@given(st.text("0123456789-/:.TZ+ ,JanuaryFebMarchdeP", max_size=64))
@settings(max_examples=300, deadline=None)
def test_what_is_read_is_always_strict_iso(text: str) -> None:
    iso, _ = read(read_date, text)
    assert iso is None or strict_iso(iso) == iso


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("2012", "2012-01-02"),
        ("2012-12-31", "2013"),
        ("2012-05", "2012-05-02"),
        ("2012-05-02", "2012-05-02T00:00:01"),
        ("2012-05-02T10:00:00+02:00", "2012-05-02T10:00:00Z"),
        ("1905-06-30", "1970-01-01"),
    ],
)
def test_dates_of_different_precision_sort_by_their_start(earlier: str, later: str) -> None:
    first, second = date_key(earlier), date_key(later)
    assert first is not None
    assert second is not None
    assert first < second


def test_a_naive_time_sorts_as_utc_wherever_the_hub_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        assert date_key("2012-05-02T10:00:00") == date_key("2012-05-02T10:00:00Z") == 1335952800
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize("nothing", [None, "", "no date", "2013-99", "20"])
def test_what_is_no_date_has_no_sort_key(nothing: str | None) -> None:
    assert date_key(nothing) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tuesday, January 5, 2020", "2020-01-05"),
        ("Tue, 05 Jan 2020", "2020-01-05"),
        ("January 5, 2020 at 10:00 AM", "2020-01-05T10:00:00"),
        ("January 5, 2020 12:30 am", "2020-01-05T00:30:00"),
        ("Mar 5 2020 11:45PM", "2020-03-05T23:45:00"),
        ("5/1/2020 3:00 PM EST", "2020-05-01T15:00:00-05:00"),
        ("05-MAR-2020 10:11:12", "2020-03-05T10:11:12"),
        ("12-JAN-20", "2020-01-12"),
        ("2020/01/05 10:00:00", "2020-01-05T10:00:00"),
        ("2020-1-5 9:05", "2020-01-05T09:05:00"),
        ("2020-01-05 10:00:00 AM", "2020-01-05T10:00:00"),
        ("2020-01-05T10:00:00Z[UTC]", "2020-01-05T10:00:00Z"),
        ("2020-01-05T10:00:00 PDT", "2020-01-05T10:00:00-07:00"),
        ("2020-01-05+01:00", "2020-01-05"),
        ("2020-01-00", "2020-01"),
        ("2020-00-00", "2020"),
        ("2020-W05-1", "2020-01-27"),
        ("2020-036", "2020-02-05"),
        ("202001", "2020-01"),
        ("01/2020", "2020-01"),
        ("2020-Jan-05", "2020-01-05"),
        ("2020 January", "2020-01"),
        ("Tue Jan  5 10:11:12 UTC 2020", "2020-01-05T10:11:12Z"),
        ("Tue Jan 05 2020 10:00:00 GMT-0500 (Eastern Standard Time)", "2020-01-05T10:00:00-05:00"),
        ("Last updated: 1/5/2020", "2020-01-05"),
        ("As of January 5, 2020", "2020-01-05"),
        ("/Date(1577836800000)/", "2020-01-01T00:00:00Z"),
        ("lun, 03/04/2019 - 09:23", "2019-04-03T09:23:00"),
        ("marzo de 2019", "2019-03"),
        ("5. März 2020", "2020-03-05"),
        ("1er février 2020", "2020-02-01"),
    ],
)
def test_usual_spellings_need_no_dateparser(
    text: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mappings.date_spellings._by_dateparser", lambda text: f"dateparser: {text}")

    assert iso_of(text) == expected


@pytest.mark.parametrize(
    "text",
    ["January 5, 2020 25:00", "13/13/2020 10:00", "Jan 2020 10:00", "Mar 32, 2020", "2020-400", "Foo 2020"],
)
def test_days_and_times_that_do_not_exist_are_none(text: str) -> None:
    assert iso_of(text) is None
