"""Which fields of real records have no place in the shared schema, and why.

    python -m benchmarks.unmapped DIR [--write]

DIR is a folder of sample metadata (`benchmarks.real_records`). Every record is mapped; what its crosswalk
left over is counted by source schema and field. Prints one JSON object; with `--write` docs/unmapped.md has
the table. The reasons stand in unmapped.toml beside this file; a field without one is to be mapped or to get
one.
"""

import argparse
import json
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path

from benchmarks.real_records import real_records
from benchmarks.report import ROOT, put_into
from mappings.issue import Unmappable
from mappings.schemas import map_record

BEGIN, END = "<!-- unmapped: begin -->", "<!-- unmapped: end -->"
REASONS: Mapping[str, Mapping[str, str]] = tomllib.loads(
    Path(__file__).with_name("unmapped.toml").read_text(encoding="utf-8")
)


def reason(schema: str, field: str) -> str | None:
    """Why a field of a source schema stays unmapped: its own reason, else that of the longest pattern."""
    reasons = REASONS.get(schema, {})
    fitting = [key for key in reasons if key == field or (key.endswith("*") and fnmatchcase(field, key))]
    return reasons[max(fitting, key=lambda key: (key == field, len(key)))] if fitting else None


def leftovers(folder: Path, every: int = 1) -> dict[str, tuple[int, Counter[str]]]:
    """By source schema: how many records were mapped, and in how many each field was left over. `every` takes
    one record of so many."""
    mapped: Counter[str] = Counter()
    left: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for position, record in enumerate(real_records(folder)):
        if position % every:
            continue
        try:
            dataset = map_record(record.schema, record.payload).dataset
        except Unmappable:
            continue
        mapped[record.schema] += 1
        left[record.schema].update(dataset.unmapped.keys())
    return {schema: (mapped[schema], left[schema]) for schema in sorted(mapped)}


def table(found: Mapping[str, tuple[int, Counter[str]]]) -> str:
    """The same in Markdown, with the reasons."""
    lines = [
        "| source schema | records | field | records with it | why it has no field |",
        "| --- " * 5 + "|",
    ]
    for schema, (records, fields) in found.items():
        for field, number in sorted(fields.items(), key=lambda item: (-item[1], item[0])):
            why = reason(schema, field) or "**no reason yet**"
            lines.append(f"| `{schema}` | {records:,} | `{field}` | {number:,} | {why} |")
        if not fields:
            lines.append(f"| `{schema}` | {records:,} | – | 0 | all of it is mapped |")
    return "\n".join(lines)


def main() -> None:
    """Count, print, and write where asked to."""
    parser = argparse.ArgumentParser(prog="benchmarks.unmapped", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--write", action="store_true", help="put the table into docs/unmapped.md")
    arguments = parser.parse_args()
    found = leftovers(arguments.folder)
    if arguments.write:
        put_into(ROOT / "docs" / "unmapped.md", BEGIN, END, table(found))
    without = {
        schema: [field for field in fields if reason(schema, field) is None]
        for schema, (_, fields) in found.items()
    }
    json.dump(
        {
            "schemas": {
                schema: {"records": n, "left": dict(fields)} for schema, (n, fields) in found.items()
            },
            "without_reason": {schema: fields for schema, fields in without.items() if fields},
        },
        sys.stdout,
        indent=1,
    )


if __name__ == "__main__":
    main()
