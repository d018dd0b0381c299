"""The start page, the list of portals, and what crawlers and browsers ask for by themselves."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import PlainTextResponse

from index.fields import FACETS_BY_NAME
from index.query.model import SearchPage
from index.store import Run
from search_api.assets import by_path
from search_api.hub import Hub
from search_api.pages.search_page import Card, card
from search_api.render import hub_of, page, path_of
from search_api.routing import get
from search_api.state import SearchState
from search_api.threads import asks_the_engine

router = APIRouter()

BROWSED = ("source", "topic", "level", "format", "publisher")
"""Facets to begin with when one has no words yet."""
LISTED = 5

SAID = {
    "ok": "Complete",
    "held": "Waits for an operator",
    "incomplete": "Incomplete",
    "failed": "Failed",
    "running": "Running",
}


@dataclass(frozen=True, slots=True)
class Browse:
    """A facet on the start page: (label, count, address)."""

    name: str
    label: str
    choices: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One portal in the list."""

    title: str
    of: str
    url: str
    records: int
    fetched: Any
    status: str | None
    said: str


@get(router, "/")
@asks_the_engine
def home(request: Request) -> Response:
    """What is here, and where to begin."""
    hub = hub_of(request)
    everything = hub.search.search(SearchState(limit=1, facet_limit=12).request(hub.now()))
    groups = [_browse(name, everything) for name in BROWSED if everything.facets.get(name)]
    portals = {source.id: source.title or source.id for source in hub.store.sources()}
    lists = [
        ("Recently updated", _cards(hub, "modified", portals), "/search?sort=modified"),
        ("Most used", _cards(hub, "popular", portals), "/search?sort=popular"),
    ]
    return page(request, "home.html", total=everything.total, portals=portals, groups=groups, lists=lists)


@get(router, "/sources")
def sources(request: Request) -> Response:
    """The portals the hub reads, and how the last fetch of each went."""
    hub = hub_of(request)
    return page(request, "sources.html", rows=_source_rows(hub))


@get(router, "/robots.txt")
def robots(request: Request) -> Response:
    """Crawlers may read every page; the JSON is for programs and would only double their work."""
    return PlainTextResponse("User-agent: *\nDisallow: /api/\nDisallow: /search.json\n")


@get(router, "/static/{name}")
def static(request: Request, name: str) -> Response:
    """A file whose address changes with its content, so it may be kept for a year."""
    found = by_path().get(path_of(request))
    if found is None:
        raise HTTPException(404)
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(found.content, 200, headers, found.media_type)


def _browse(name: str, answer: SearchPage) -> Browse:
    choices = [
        {"label": one.label, "count": one.count, "url": SearchState(filters={name: (one.value,)}).url()}
        for one in answer.facets[name]
        if one.count
    ]
    return Browse(name, FACETS_BY_NAME[name].label, choices)


def _cards(hub: Hub, sort: Any, portals: dict[str, str]) -> list[Card]:
    state = SearchState(sort=sort, limit=LISTED, facets=False)
    found = hub.search.search(state.request(hub.now())).results
    known = [one for one in found if (one.modified if sort == "modified" else one.popularity)]
    return [card(one, portals) for one in known]


def _source_rows(hub: Hub) -> list[SourceRow]:
    counts = hub.store.record_counts()
    rows = []
    for source in hub.store.sources():
        last: Run | None = next(iter(hub.store.runs(source.id, limit=1)), None)
        rows.append(
            SourceRow(
                title=source.title or source.id,
                of=", ".join(
                    part for part in (source.jurisdiction, source.level) if part and part != "other"
                ),
                url=SearchState(filters={"source": (source.id.casefold(),)}).url(),
                records=counts.get(source.id, 0),
                fetched=last.started if last else None,
                status=last.status if last else None,
                said=SAID.get(last.status, last.status) if last else "",
            )
        )
    return rows
