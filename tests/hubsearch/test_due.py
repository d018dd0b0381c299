"""When a source is harvested next: never later than its schedule says, and not all at once."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvesters.portal import Portal
from harvesters.schedule import period
from hubsearch.work.due import FIRST_RETRY, first_plan, job_of, next_due, retry_due, source_of_job

BEGUN = datetime(2026, 3, 1, 6, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))
SCHEDULES = st.sampled_from(["hourly", "daily", "weekly", "monthly", "every 6 hours", "PT5M", "P1Y"])


def portal(name: str = "town", schedule: str = "daily") -> Portal:
    return Portal(name, "dcat-us", "https://town.example/data.json", schedule=schedule)


@given(MOMENTS, SCHEDULES)
def test_it_is_due_within_its_period_and_not_much_earlier(begun: datetime, schedule: str) -> None:
    pause = period(schedule)
    due = next_due(portal(schedule=schedule), begun)
    assert pause is not None
    assert due is not None
    assert begun + pause * 23 / 24 <= due <= begun + pause


def test_500_daily_sources_harvested_together_are_not_due_together() -> None:
    due = sorted(next_due(portal(f"town-{number}"), BEGUN) or BEGUN for number in range(500))
    assert due[-1] - due[0] > timedelta(minutes=55)
    assert len({moment.replace(second=0, microsecond=0) for moment in due}) > 55
    later = {next_due(portal("town-1"), BEGUN + timedelta(days=day)) for day in range(9)}
    assert len({(moment or BEGUN).time() for moment in later}) == 9  # and they drift apart


@given(MOMENTS, SCHEDULES, st.integers(1, 1000))
def test_a_retry_comes_later_each_time_and_never_after_the_schedule(
    begun: datetime, schedule: str, attempts: int
) -> None:
    failed = begun + timedelta(seconds=30)
    due = retry_due(portal(schedule=schedule), begun, failed, attempts)
    regular = next_due(portal(schedule=schedule), begun)
    assert due is not None
    assert regular is not None
    assert begun < due <= regular
    assert due <= failed + timedelta(days=1)
    pause = min(FIRST_RETRY * 2 ** min(attempts - 1, 20), timedelta(days=1))
    assert due >= min(regular, failed + pause * 23 / 24)


def test_a_portal_that_asks_for_a_longer_wait_gets_it() -> None:
    wait = timedelta(days=3)
    assert retry_due(portal(), BEGUN, BEGUN, 1, wait) == BEGUN + wait
    assert retry_due(portal(), BEGUN, BEGUN, 1, timedelta(seconds=2)) == retry_due(portal(), BEGUN, BEGUN, 1)
    assert retry_due(portal(schedule="never"), BEGUN, BEGUN, 1, wait) is None


def test_pauses_double_from_five_minutes_to_the_period() -> None:
    pauses = [(retry_due(portal(), BEGUN, BEGUN, n) or BEGUN) - BEGUN for n in range(1, 12)]
    assert [round(pause / FIRST_RETRY) for pause in pauses[:5]] == [1, 2, 4, 8, 15]
    assert pauses[-1] == pauses[-2] == (next_due(portal(), BEGUN) or BEGUN) - BEGUN


def test_a_source_that_is_harvested_by_hand_only_is_never_due() -> None:
    assert next_due(portal(schedule="never"), BEGUN) is None
    assert retry_due(portal(schedule="never"), BEGUN, BEGUN, 1) is None
    plan = first_plan([portal(schedule="never"), portal("new")], {"town": BEGUN}, BEGUN)
    assert plan == {"harvest:town": None, "harvest:new": BEGUN}


def test_the_plan_goes_by_the_last_run() -> None:
    assert first_plan([portal()], {"town": BEGUN}, BEGUN) == {"harvest:town": next_due(portal(), BEGUN)}


@pytest.mark.parametrize(("job", "source"), [("harvest:town", "town"), ("index", None), ("build", None)])
def test_jobs_of_sources_are_told_from_the_others(job: str, source: str | None) -> None:
    assert source_of_job(job) == source
    assert source is None or job_of(source) == job
