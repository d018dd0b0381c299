"""`/data.json`: everything as DCAT-US 1.1, or a feed of what the search parameters select.

The whole feed is a published file; a narrowed one is built when it is asked for, in constant memory, and
answers 404 with the reason when nothing is in it: data.gov would take an empty list as "delete all".
"""

from contextlib import ExitStack

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool

from dcat.build import build_rendered
from dcat.report import BuildReport
from search_api.narrowing import narrowed_ids
from search_api.params import read_pairs, read_state
from search_api.published_file import serve_published
from search_api.render import hub_of
from search_api.rendered_records import RenderedRecords
from search_api.routing import get
from search_api.state import SearchState
from search_api.streaming import Streamed
from search_api.threads import builds_a_feed

router = APIRouter()

TAKEN_WITHIN = 900.0
"""Seconds a client has to take a narrowed feed: until then it lies on our disk."""
NONE_YET = (
    "No feed has been published yet. It is written after each harvest; "
    "`hubsearch export dcat-us-1.1 --json` says which records lack what."
)


@get(router, "/data.json")
async def dcat_us(request: Request) -> Response:
    """The feed, whole or narrowed."""
    asked = read_state(read_pairs(request.scope["query_string"]))
    if asked.q or asked.filters:
        return await _narrowed(request)
    return await run_in_threadpool(_whole, request)


def _whole(request: Request) -> Response:
    hub = hub_of(request)
    hub.renew_feeds()
    answer = serve_published(hub.feeds_dir / "data.json", request)
    if answer is None:
        raise HTTPException(404, NONE_YET)
    return answer


@builds_a_feed
def _narrowed(request: Request) -> Response:
    hub, asked = hub_of(request), read_state(read_pairs(request.scope["query_string"]))
    wanted = SearchState(q=asked.q, filters=asked.filters, match=asked.match)
    ids = narrowed_ids(hub.store, hub.engine, wanted.request(hub.now()))
    rendered: RenderedRecords = request.app.state.rendered
    entries = rendered.of(ids)
    if request.method == "HEAD" and any(not entry.reasons for entry in entries):
        return Response(media_type="application/json")  # whatever else is in it
    with ExitStack() as stack:
        stack.enter_context(request.app.state.open_feeds.one())
        build = stack.enter_context(build_rendered(entries, hub.scratch))
        if not build.report.datasets:
            raise HTTPException(404, nothing(build.report))
        open_build = stack.pop_all()
    chunks = build.chunks(hub.base_url + wanted.url("/data.json"))
    headers = {"Cache-Control": "no-cache"}
    return Streamed(chunks, open_build.close, "application/json", headers, within=TAKEN_WITHIN)


def nothing(report: BuildReport) -> str:
    """Why a narrowed feed has nothing in it."""
    if not report.left_out:
        return "Nothing matches these parameters, so there is no feed. Try them at /search."
    lacking = ", ".join(f"{slug} ({count})" for slug, count in report.reasons().items())
    return (
        f"{len(report.left_out)} datasets match, but none has what DCAT-US 1.1 requires: {lacking}. "
        "Their publishers can add it."
    )
