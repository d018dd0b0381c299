"""Datasets to write feeds from: `complete()` holds everything DCAT-US 1.1 asks for, in our spelling."""

from dataclasses import replace
from typing import Any

from dcat.record import FeedRecord
from mappings.dataset import Contact, Dataset, Distribution, Frequency, Licence, Publisher, Temporal, Topic


def complete(**changes: Any) -> Dataset:
    """A dataset that may stand in a feed as it is, with `changes` applied."""
    dataset = Dataset(
        title="Water quality of public beaches",
        description="Enterococci counts, sampled weekly from May to September.",
        keywords=["water", "beach"],
        topics=[Topic("health", "Health")],
        publisher=Publisher("dph", "Department of Public Health"),
        contact=Contact("Beach program", "beaches@example.gov"),
        issued="2019-05-01",
        modified="2024-09-30",
        frequency=Frequency("R/P1W"),
        language=["en"],
        license=Licence("CC0-1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
        access_level="public",
        temporal=Temporal("2019-05-01", "2024-09-30"),
        landing_page="https://example.gov/beaches",
        distributions=[
            Distribution(
                "https://example.gov/beaches.csv", title="All samples", format="CSV", media_type="text/csv"
            )
        ],
    )
    return replace(dataset, **changes)


def feed_record(dataset: Dataset | None = None, **changes: Any) -> FeedRecord:
    """A record on its way out: the first of portal `beaches`."""
    record = FeedRecord(
        id="a1",
        identifier="https://example.gov/id/beaches",
        dataset=dataset or complete(),
        source="beaches",
        source_title="Beach portal",
        url="https://hub.example/dataset/a1",
        first_seen="2024-01-01T00:00:00+00:00",
    )
    return replace(record, **changes)
