"""What the embedded engine tells about itself."""

from importlib.metadata import version as installed_version
from pathlib import Path

from index.engines.report import EngineReport, Fact, Trouble
from index.engines.tantivy.layout import Layout, read_state
from index.engines.tantivy.schema import version
from index.engines.tantivy.snapshot import Snapshot

OTHERS_ONLY = "there are only indexes of other versions of the hub"


def report(layout: Layout, snapshot: Snapshot | None, outdated: str | None) -> EngineReport:
    """The visible index and the folders beside it. `outdated` is why it has to be built anew, if it has."""
    folder = layout.current()
    facts: dict[str, Fact] = {
        "engine": f"tantivy {installed_version('tantivy')}, embedded",
        "folder": str(layout.root),
        "fields": version(),
    }
    if folder is None and outdated is None:
        return EngineReport(facts)
    if folder is None:
        return EngineReport(facts, (Trouble(OTHERS_ONLY, "make one: hubsearch index build"),))
    if not folder.is_dir():
        return EngineReport(
            facts,
            (Trouble(f"the index {folder} is gone", "make it anew: hubsearch index build"),),
        )
    facts["index"] = folder.name
    facts["index fields"] = read_state(folder).version
    facts["bytes"] = bytes_of(layout.root)
    if snapshot is not None:
        facts["documents"] = snapshot.searcher.num_docs
    if outdated is not None:
        what = "the index was made by another version of the hub"
        return EngineReport(facts, (Trouble(what, "make it anew: hubsearch index build"),))
    return EngineReport(facts)


def bytes_of(folder: Path) -> int:
    """Size of all files below a folder; those that vanish meanwhile (merges) count nothing."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except FileNotFoundError:
            continue
    return total
