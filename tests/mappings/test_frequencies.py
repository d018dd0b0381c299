"""Update frequencies are ISO 8601 repeating durations, `irregular` or `never`."""

import re

import pytest

from mappings import vocabulary
from mappings.dataset import Frequency
from mappings.frequencies import frequency_label, read_frequency
from tests.mappings.crosswalk import feeds, find
from tests.mappings.reading import read
from tests.shared_data import load_lines, needs_shared

DATA_GOV = re.compile(
    r"^R\/P(?:\d+(?:\.\d+)?Y)?(?:\d+(?:\.\d+)?M)?(?:\d+(?:\.\d+)?W)?(?:\d+(?:\.\d+)?D)?"
    r"(?:T(?:\d+(?:\.\d+)?H)?(?:\d+(?:\.\d+)?M)?(?:\d+(?:\.\d+)?S)?)?$"
)
"""The pattern of `accrualPeriodicity` in data.gov's schema."""


@pytest.mark.parametrize(
    ("raw", "value", "slugs"),
    [
        ("R/P1Y", "R/P1Y", []),
        ("R/P3.5D", "R/P3.5D", []),
        ("R/PT1S", "R/PT1S", []),
        ("irregular", "irregular", []),
        ("P1M", "R/P1M", ["frequency-not-iso"]),
        ("R5/P1M", "R/P1M", ["frequency-not-iso"]),
        ("r/p1y", "R/P1Y", ["frequency-not-iso"]),
        ("Annually", "R/P1Y", ["frequency-not-iso"]),
        ("Yearly", "R/P1Y", ["frequency-not-iso"]),
        ("Manual - annual", "R/P1Y", ["frequency-not-iso"]),
        ("Approximately every 15 minutes", "R/PT15M", ["frequency-not-iso"]),
        ("Every 18 months", "R/P18M", ["frequency-not-iso"]),
        ("every 0 days", None, ["frequency-not-recognised"]),
        ("Every 6 months", "R/P6M", ["frequency-not-iso"]),
        ("Bi-annually", "R/P6M", ["frequency-not-iso"]),
        ("By 10th business day of each month", "R/P1M", ["frequency-not-iso"]),
        ("Streaming", "R/PT1S", ["frequency-not-iso"]),
        ("Weekly (Tuesday)", "R/P1W", ["frequency-not-iso"]),
        ("eventual", "irregular", ["frequency-not-iso"]),
        ("As needed", "irregular", ["frequency-not-iso"]),
        ("On-Demand/As-Needed", "irregular", ["frequency-not-iso"]),
        ("http://purl.org/cld/freq/annual", "R/P1Y", ["frequency-not-iso"]),
        (
            "http://publications.europa.eu/resource/authority/frequency/QUARTERLY",
            "R/P3M",
            ["frequency-not-iso"],
        ),
        ("Annually in June", "R/P1Y", ["frequency-not-iso"]),
        ("Quarterly, in early March", "R/P3M", ["frequency-not-iso"]),
        ("Weekly on Mondays", "R/P1W", ["frequency-not-iso"]),
        ("Semestriel", "R/P6M", ["frequency-not-iso"]),
        (
            "http://publications.europa.eu/resource/authority/frequency/15MIN",
            "R/PT15M",
            ["frequency-not-iso"],
        ),
        ("Annually in April and October", None, ["frequency-not-recognised"]),
        ("Not updated in June", None, ["frequency-not-recognised"]),
        ("never", "never", []),
        ("Historical data", "never", ["frequency-not-iso"]),
        ("Not Updated (Historical Only)", "never", ["frequency-not-iso"]),
        ("Static", "never", ["frequency-not-iso"]),
        ("notPlanned", "never", ["frequency-not-iso"]),
        ("Static layer, not maintained.", "never", ["frequency-not-iso"]),
        ("Static snapshot of payroll range in July, 2014", None, ["frequency-not-recognised"]),
        # the one word that tells
        ("Updated daily at 6 am", "R/P1D", ["frequency-not-iso"]),
        ("The dataset is updated quarterly.", "R/P3M", ["frequency-not-iso"]),
        ("Data are updated on a monthly basis", "R/P1M", ["frequency-not-iso"]),
        ("Annual, with a lag of six weeks", "R/P1Y", ["frequency-not-iso"]),
        ("Updated as new data becomes available", "irregular", ["frequency-not-iso"]),
        ("Updated twice daily", "R/PT12H", ["frequency-not-iso"]),
        ("Weekly in winter, monthly in summer", None, ["frequency-not-recognised"]),
        ("Historical data, updated annually", None, ["frequency-not-recognised"]),
        ("Sum of monthly averages", None, ["frequency-not-recognised"]),
        # nobody knows
        ("To be determined", None, ["placeholder"]),
        ("Other (Please Describe Below)", None, ["placeholder"]),
        # not understood
        ("when the moon is full", None, ["frequency-not-recognised"]),
        ("R/P", None, ["frequency-not-recognised"]),
        ("P1S", None, ["frequency-not-recognised"]),
    ],
)
def test_frequencies(raw: str, value: str | None, slugs: list[str]) -> None:
    assert read(read_frequency, raw) == (Frequency(value, raw), slugs)


def test_every_value_of_the_vocabulary_is_accepted_by_data_gov_and_has_a_label() -> None:
    values = set(vocabulary.load("frequencies")["spellings"]) - {"unknown"}
    for value in values:
        assert value in ("irregular", "never") or DATA_GOV.fullmatch(value)
    assert {value for value in values if frequency_label(value) == value} == {"R/PT4H", "R/PT12H"}


def test_labels_are_found_in_any_case() -> None:
    assert frequency_label("r/p1y") == frequency_label("R/P1Y") == "Yearly"
    assert frequency_label("R/P17D") == "R/P17D"


@needs_shared
def test_only_free_text_of_the_socrata_portals_is_not_understood() -> None:
    keys = re.compile(r"frequency|cadence$|periodicity$|update-?schedule$", re.IGNORECASE)
    unread = set()
    understood = 0
    for feed in feeds("socrata-discovery/*.jsonl*"):
        for result in load_lines(feed):
            for entry in result["classification"]["domain_metadata"]:
                if keys.search(entry["key"]):
                    _, slugs = read(read_frequency, entry["value"])
                    understood += 1
                    if "frequency-not-recognised" in slugs:
                        unread.add(entry["value"])
    assert understood > 2_000
    assert unread == {
        "Currently static, update frequency is tbd",
        "Static snapshot of payroll range in July, 2014",
        "Updated frequently",
        "W",
        "anticipated updated 1Q:2020",
        "as streets are improved",
    }


@needs_shared
def test_the_argentine_profile_says_eventual() -> None:
    _, dataset = find("dcat-us/argentina/catalogo-justicia.data.json", "4680199f-6234-4262-8a2a-8f7993bf784d")
    assert read(read_frequency, dataset["accrualPeriodicity"])[0] == Frequency("irregular", "eventual")
