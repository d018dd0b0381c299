"""Export a feed: the same writer as the published one, narrowed and checked as asked."""

import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from dcat.build import build_feed
from dcat.publish import publish
from dcat.report import BuildReport
from dcat.validate import validate_dcat_us_1_1
from hubsearch.hub import Hub
from hubsearch.publishing import publish_feeds
from index.query.model import SearchRequest
from search_api.feed_records import every_record, records_of
from search_api.narrowing import narrowed_ids

FEEDS: tuple[str, ...] = ("dcat-us-1.1",)


def export_feed(
    hub: Hub,
    feed: str,
    out: Path | None,
    filters: Mapping[str, tuple[str, ...]],
    *,
    check: bool,
    to_stdout: bool,
) -> BuildReport:
    """Write the feed to `out` (atomically), to stdout, or nowhere; the build report, with the errors
    data.gov's validator would find when `check` is set."""
    base_url = hub.settings.base_url
    if filters:
        request = SearchRequest(now=hub.settings.now(), filters=dict(filters))
        records = records_of(hub.store, narrowed_ids(hub.store, hub.engine, request), base_url)
    else:
        records = every_record(hub.store, base_url)
    with tempfile.TemporaryDirectory(prefix="hubsearch-export-") as folder:
        target = out.absolute() if out else Path(folder) / "data.json"
        report = publish(records, target, allow_shrink=True, feed_url=f"{base_url}/data.json")
        if check and report.datasets:
            report.errors.extend(str(problem) for problem in validate_dcat_us_1_1(target))
        if to_stdout and report.datasets:
            with target.open("rb") as written:
                shutil.copyfileobj(written, sys.stdout.buffer)
            sys.stdout.buffer.flush()
    return report


def publish_feed(hub: Hub) -> BuildReport:
    """Publish the hub's own feed although it shrinks, by an operator's word; the build report. One that is
    published already is written nowhere again."""
    report = publish_feeds(hub.store, hub.settings, allow_shrink=True)
    if report is not None:
        return report
    with build_feed(every_record(hub.store, hub.settings.base_url)) as build:
        build.report.published = True
        return build.report
