"""The tables of findings in the documentation, written from the code: `python -m hubsearch.slug_tables`.

docs/publishers.md explains what is said about a record, docs/operators.md what is said about a run; the part
between the two markers of each file is written here, and a test compares it.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from harvesters.run_slugs import RUN_SLUGS
from index.ingest.run_slugs import VERDICTS
from mappings.slugs import all_slugs

BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"


def tables() -> Mapping[str, str]:
    """Each documentation file's table, as Markdown."""
    return {
        "publishers.md": _table((slug, row.meaning, row.advice) for slug, row in all_slugs().items()),
        "operators.md": _table(
            [
                *((slug, row.meaning, row.advice) for slug, row in VERDICTS.items()),
                *((slug, row.meaning, row.advice) for slug, row in RUN_SLUGS.items()),
            ]
        ),
    }


def between_markers(text: str) -> str:
    """The written part of a documentation file."""
    return text.partition(BEGIN)[2].partition(END)[0].strip()


def write(docs: Path) -> None:
    """Put each table into its file."""
    for name, table in tables().items():
        path = docs / name
        before, _, rest = path.read_text(encoding="utf-8").partition(BEGIN)
        path.write_text(f"{before}{BEGIN}\n{table}\n{END}{rest.partition(END)[2]}", encoding="utf-8")


def _table(rows: Iterable[tuple[str, str, str]]) -> str:
    lines = ["| finding | meaning | what to do |", "| --- | --- | --- |"]
    lines += [f"| `{slug}` | {_cell(meaning)} | {_cell(advice)} |" for slug, meaning, advice in rows]
    return "\n".join(lines)


def _cell(text: str) -> str:
    """Nothing in a cell may end it or be taken for markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("|", "\\|")


if __name__ == "__main__":
    write(Path(__file__).resolve().parents[1] / "docs")
