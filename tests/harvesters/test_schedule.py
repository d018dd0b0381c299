"""How often a portal is asked: every way to say it, and every way to say it wrong."""

from datetime import timedelta

import pytest

from harvesters.portal_entry import PortalsFileError, portal_from_entry
from harvesters.schedule import period


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("hourly", timedelta(hours=1)),
        ("daily", timedelta(days=1)),
        ("Weekly", timedelta(days=7)),
        ("monthly", timedelta(days=30)),
        ("every hour", timedelta(hours=1)),
        ("every 6 hours", timedelta(hours=6)),
        ("every  90\tminutes", timedelta(minutes=90)),
        ("2 days", timedelta(days=2)),
        ("every 2 weeks", timedelta(days=14)),
        ("PT6H", timedelta(hours=6)),
        ("PT90M", timedelta(minutes=90)),
        ("P1D", timedelta(days=1)),
        ("p1dt12h", timedelta(hours=36)),
        ("P2W", timedelta(days=14)),
        ("P1M", timedelta(days=30)),
        ("P1Y", timedelta(days=365)),
        ("PT5M", timedelta(minutes=5)),
    ],
)
def test_a_schedule_is_understood(schedule: str, expected: timedelta) -> None:
    assert period(schedule) == expected


def test_never_is_a_schedule_too() -> None:
    assert period("never") is None


@pytest.mark.parametrize(
    "schedule",
    ["", "dayly", "day", "6", "every", "every 0 days", "every 1 minute", "PT1M", "P", "PT", "P1DT", "P2Y",
     "0 3 * * *", "every 99999 weeks", "-P1D", "every 1.5 hours", "P٣D"],
)  # fmt: skip
def test_what_is_no_schedule_is_refused_with_what_to_write(schedule: str) -> None:
    with pytest.raises(ValueError, match="write "):
        period(schedule)


@pytest.mark.parametrize("value", ["fortnightly", 6, True, None, ["daily"]])
def test_a_wrong_schedule_is_found_when_the_entry_is_read(value: object) -> None:
    entry = {"id": "a", "type": "dcat-us", "url": "https://example.gov/data.json", "schedule": value}
    with pytest.raises(PortalsFileError, match=r"portals\.toml \(id 'a'\): schedule = .*write hourly, daily"):
        portal_from_entry(entry, "portals.toml")


def test_a_right_schedule_stays_as_the_operator_wrote_it() -> None:
    entry = {
        "id": "a",
        "type": "dcat-us",
        "url": "https://example.gov/data.json",
        "schedule": "every 6 hours",
    }
    assert portal_from_entry(entry, "portals.toml").schedule == "every 6 hours"
