"""What happens to a hub's tombstones when a harvest ends, and what a visitor sees of them."""

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from hubsearch.hub import open_hub
from hubsearch.serving import _application
from hubsearch.settings import read_settings
from index.ingest import ingest
from tests.index.ingest.support import SOURCE, TOY, Feed, days, many
from tests.search_api.browser import TestClient


def test_the_end_of_a_harvest_gives_up_old_tombstones_and_their_pages_still_say_what_was_there(
    tmp_path: Path,
) -> None:
    settings = read_settings({"HUBSEARCH_HOME": str(tmp_path / "hub")})
    source = replace(SOURCE, grace_days=0)
    with ExitStack() as stack:
        hub = stack.enter_context(open_hub(replace(settings, fixed_now=days(40))))
        hub.store.put_source(source)
        for day, number in ((0, 9), (1, 8), (2, 8)):
            ingest(hub.store, source, Feed(many(number)), now=days(day), mapper=TOY)
        (gone,) = [head.id for head in hub.store.heads() if head.deleted]
        assert hub.store.raw(gone) is not None
        hub.catch_up(lambda message: None)
        assert hub.store.raw(gone) is None
        visitor = TestClient(_application(hub, stack))
        page = visitor.get(f"/dataset/{gone}")
        assert (page.status_code, "About r8" in page.text) == (410, True)
        said = visitor.get(f"/dataset/{gone}.json")
        assert (said.status_code, said.json()["title"], said.json()["source"]) == (410, "About r8", "town")
