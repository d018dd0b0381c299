"""A narrowed feed when its entries are made, and when they are kept since an earlier one.

    python -m benchmarks.narrowed_feeds [--records 10000]

Real federal records, mixed to as many datasets as asked for, in a store. The same feed is built three times
from the ids of all of them: keeping no entries, with none kept yet, and with all kept. Processor seconds for
1,000 datasets, and ratios in this run; the three feeds must be the same. Prints one JSON object; exit status
1 when they are not.
"""

import argparse
import hashlib
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from benchmarks.search import NOW, SOURCE, Mixture
from dcat.build import build_rendered
from dcat.rendered import Rendered, render
from index.ingest import ingest
from index.store import Store
from search_api.feed_records import records_of
from search_api.rendered_records import RenderedRecords

BASE_URL = "http://hub.example"


def seconds(records: Callable[[], Iterable[Rendered]], folder: Path) -> tuple[float, str]:
    """Processor seconds of one build, and the digest of what it wrote."""
    begun, digest = time.process_time(), hashlib.sha256()
    with build_rendered(records(), folder) as build:
        for piece in build.chunks(f"{BASE_URL}/data.json"):
            digest.update(piece)
    return time.process_time() - begun, digest.hexdigest()


def measure(store: Store, folder: Path) -> dict[str, object]:
    """The figures."""
    ids = [head.id for head in store.heads()]
    kept = RenderedRecords(store, BASE_URL, most=1 << 40)
    plain, first = seconds(lambda: map(render, records_of(store, ids, BASE_URL)), folder)
    cold, second = seconds(lambda: kept.of(ids), folder)
    warm, third = seconds(lambda: kept.of(ids), folder)
    thousands = len(ids) / 1_000
    return {
        "datasets": len(ids),
        "without_keeping_s_per_1000": round(plain / thousands, 3),
        "none_kept_yet_s_per_1000": round(cold / thousands, 3),
        "all_kept_s_per_1000": round(warm / thousands, 3),
        "times_faster": round(plain / warm, 1),
        "kept_bytes_per_dataset": round(kept.size / len(ids)),
        "same": first == second == third,
    }


def main() -> int:
    """Read the arguments, fill a store, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--records", type=int, default=10_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hubsearch-bench-") as name:
        store = Store.open(f"sqlite:///{Path(name) / 'store.sqlite'}")
        store.put_source(SOURCE)
        ingest(store, SOURCE, Mixture(given.records), now=NOW)
        figures = measure(store, Path(name))
        store.close()
    json.dump(figures, sys.stdout, indent=1)
    sys.stdout.write("\n")
    return 0 if figures["same"] else 1


if __name__ == "__main__":
    sys.exit(main())
