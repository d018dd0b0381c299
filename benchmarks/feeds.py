"""Feeds of any size made from the bundled catalogues: real records, each under an identifier of its own."""

import gzip
import itertools
import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

FEDERAL = ("cms", "energy", "dol", "treasury", "opm", "fda")


def real_records() -> list[dict[str, Any]]:
    """The federal records of the bundled sample."""
    sample = files("hubsearch.demo.sample")
    documents = (
        json.loads(gzip.decompress(sample.joinpath(f"{name}.data.json.gz").read_bytes())) for name in FEDERAL
    )
    return [record for document in documents for record in document["dataset"]]


def copies() -> Iterator[dict[str, Any]]:
    """The real records again and again; each copy has its own identifier and a number in its title."""
    records = real_records()
    for turn in itertools.count():
        for record in records:
            yield record | {
                "identifier": f"{record['identifier']}#{turn}",
                "title": f"{record['title']} {turn}",
            }


def write_feed(path: Path, *, records: int | None = None, megabytes: int | None = None) -> int:
    """A DCAT-US 1.1 document of so many records, or of at least so many megabytes; how many it holds."""
    written = count = 0
    with path.open("wb") as out:
        out.write(b'{"conformsTo": "https://project-open-data.cio.gov/v1.1/schema", "dataset": [')
        for record in copies():
            if count == records or (megabytes is not None and written >= megabytes * 1_000_000):
                break
            element = (b",\n" if count else b"\n") + json.dumps(record).encode()
            written += out.write(element)
            count += 1
        out.write(b"\n]}\n")
    return count
