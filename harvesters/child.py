"""The process that fetches one portal: forked from `harvesters.zygote`, or `python -m harvesters.child`.

In: one JSON job on standard input, which then is its leash. Out: progress as JSON lines on standard output,
the log on standard error, the spool at the path named in the job. The reactor runs here and nowhere else.
"""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NoReturn

import msgspec
from scrapy import signals
from scrapy.crawler import CrawlerProcess
from twisted.python.failure import Failure

from harvesters.detect import Report
from harvesters.detect_spider import DetectSpider
from harvesters.leash import receive
from harvesters.limits import OUT_OF_MEMORY, Limits, set_limits
from harvesters.portal import Portal
from harvesters.registry import spider_class
from harvesters.run import FetchRun, progress_lines
from harvesters.settings import scrapy_settings
from harvesters.spider import PortalSpider
from harvesters.spool import SpoolWriter
from mappings.source_record import Validators


@dataclass(slots=True)
class Job:
    """What the parent asks for; paths are absolute, `work` is an empty folder."""

    portal: Portal
    user_agent: str
    spool: str
    work: str
    limits: Limits
    known: Validators | None = None
    hosts: str | None = None
    most: int | None = None
    kept: str | None = None


def main() -> None:
    """Carry out the job on standard input."""
    channel = _own_standard_output()
    job = msgspec.json.decode(receive(sys.stdin.fileno()), type=Job)
    set_limits(job.limits)
    try:
        _carry_out(job, channel)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)


def _carry_out(job: Job, channel: IO[bytes]) -> None:
    with SpoolWriter(Path(job.spool)) as spool:
        run = FetchRun(
            job.portal,
            job.user_agent,
            spool,
            Path(job.work),
            progress_lines(channel),
            job.known,
            Path(job.hosts) if job.hosts else None,
            job.most,
            _end_with_a_sample,
            Path(job.kept) if job.kept else None,
        )
        if job.portal.type == DetectSpider.type:
            channel.write(_report(crawl(run, DetectSpider)))
            channel.flush()
            return
        crawl(run, spider_class(job.portal.type))
        spool.close(run.statement())


def _end_with_a_sample(run: FetchRun) -> NoReturn:
    """Leave a whole spool of what is there. Whatever the spider would ask or try next, it asks nothing more:
    what a fetching process holds is let go with it."""
    run.spool.close(run.statement())
    os._exit(0)


def crawl(run: FetchRun, spider: type[PortalSpider]) -> Any:
    """Run a spider to its end and give it back; the verdict is in `run`."""
    process = CrawlerProcess(scrapy_settings(run.portal, run.user_agent))
    crawler = process.create_crawler(spider)

    def crashed(failure: Failure, **_: Any) -> None:
        # Scrapy goes on after an error in a callback; here it is the run's last word.
        run.crashed(failure.value or RuntimeError("no reason was given"))

    crawler.signals.connect(crashed, signal=signals.spider_error)
    process.crawl(crawler, run=run)
    process.start(install_signal_handlers=False)  # a signal means: end now
    return crawler.spider


def _report(spider: DetectSpider) -> bytes:
    found = spider.found
    report = Report(spider.seen)
    if found is not None:
        report = Report(spider.seen, found.type, found.url, found.evidence, found.records, found.keys)
    return msgspec.json.encode(report) + b"\n"


def _own_standard_output() -> IO[bytes]:
    """The channel to the parent; whatever else prints goes to the log."""
    channel = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return channel


if __name__ == "__main__":
    main()
