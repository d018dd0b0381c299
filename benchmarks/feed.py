"""The feed we give back: datasets written and published a second, and validated a second.

    .venv/bin/python -m benchmarks.feed [--records 5000]

Prints one JSON object; `validation_of_writing` is the ratio of the two in this run.
"""

import argparse
import json
import tempfile
import time
from itertools import islice
from pathlib import Path

from benchmarks.feeds import copies
from dcat.publish import publish
from dcat.record import FeedRecord
from dcat.validate import validate_dcat_us_1_1
from mappings.schemas import map_record


def main() -> None:
    """Map real records, publish them, validate what was published."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--records", type=int, default=5_000)
    wanted = options.parse_args().records
    mapped = [map_record("dcat-us-1.1", json.dumps(record).encode()) for record in islice(copies(), wanted)]
    records = [
        FeedRecord(str(n), str(n), one.dataset, "sample", "Sample", f"https://hub.example/dataset/{n}")
        for n, one in enumerate(mapped)
    ]
    with tempfile.TemporaryDirectory(prefix="hubsearch-bench-") as folder:
        target = Path(folder) / "data.json"
        begun = time.perf_counter()
        report = publish(records, target)
        published = time.perf_counter()
        errors = sum(1 for _ in validate_dcat_us_1_1(target))
        validated = time.perf_counter()
    document = {
        "datasets": report.datasets,
        "left_out": len(report.left_out),
        "errors": errors,
        "published_per_second": round(wanted / (published - begun)),
        "validated_per_second": round(report.datasets / (validated - published)),
        "validation_of_writing": round((validated - published) / (published - begun), 1),
    }
    print(json.dumps(document, indent=2))


if __name__ == "__main__":
    main()
