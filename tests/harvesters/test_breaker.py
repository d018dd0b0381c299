"""A host that is down is not asked by a run for ever."""

import subprocess
import sys
from pathlib import Path

from harvesters.spool import SpoolReader
from tests.portals import Answer, StaticPortal

ROOT = Path(__file__).resolve().parents[2]
MANY_PAGES = """
import sys
from pathlib import Path
from harvesters.child import crawl
from harvesters.portal import Portal
from harvesters.run import FetchRun
from harvesters.spider import PortalSpider
from harvesters.spool import SpoolWriter

class ManyPages(PortalSpider):
    type = "many"
    many_requests = False

    def first_requests(self):
        for number in range(int(sys.argv[3])):
            yield self.ask(f"{self.portal.url}{number}", retries=1)

    def read(self, response):
        yield from ()

with SpoolWriter(Path(sys.argv[1]) / "run.spool") as spool:
    run = FetchRun(Portal("p", "many", sys.argv[2], allow_private=True), "x", spool, Path(sys.argv[1]))
    crawl(run, ManyPages)
    spool.close(run.statement())
"""


def fetch_pages(folder: Path, portal: StaticPortal, number: int) -> list[str]:
    """Ask for so many pages one after the other; the slugs of those that failed."""
    command = [sys.executable, "-c", MANY_PAGES, str(folder), portal.url, str(number)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=60)
    return [page.slug for page in SpoolReader(folder / "run.spool").statement.failures]


def test_after_five_failures_in_a_row_a_host_is_left_alone(tmp_path: Path) -> None:
    with StaticPortal({f"/{number}": Answer(b"", 503) for number in range(40)}) as portal:
        slugs = fetch_pages(tmp_path, portal, 40)
        assert len(portal.seen) == 5 * 2
    assert slugs == ["http-status"] * 5 + ["circuit-open"] * 35


def test_one_good_answer_or_a_page_that_is_not_there_closes_the_circuit(tmp_path: Path) -> None:
    answers = {f"/{number}": Answer(b"", 503 if number % 5 < 4 else 404) for number in range(20)}
    with StaticPortal(answers) as portal:
        slugs = fetch_pages(tmp_path, portal, 20)
    assert slugs == ["http-status"] * 20
