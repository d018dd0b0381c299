"""`/search`: the page, and the same search as JSON under `/search.json`."""

from dataclasses import replace

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from search_api.answers import search_json
from search_api.json_answer import json_answer
from search_api.pages.help import ways_out
from search_api.pages.search_page import search_view
from search_api.params import is_canonical, read_pairs, read_state
from search_api.render import hub_of, page, path_of
from search_api.routing import get
from search_api.state import SearchState
from search_api.threads import asks_the_engine

router = APIRouter()


def asked(request: Request) -> SearchState:
    """The search in the address. Raises BadRequest."""
    return read_state(read_pairs(request.scope["query_string"]))


@get(router, "/search")
@asks_the_engine
def search_page(request: Request) -> Response:
    """A page of results; an address that is not the canonical one leads to it."""
    hub = hub_of(request)
    pairs = read_pairs(request.scope["query_string"])
    state = read_state(pairs)
    if not is_canonical(pairs, state):
        return RedirectResponse(state.url(path_of(request)), 308)
    now = hub.now()
    answer = hub.search.search(replace(state.request(now), offers_ways=True))
    view = search_view(state, answer, {source.id: source.title for source in hub.store.sources()})
    ways = [] if answer.total else ways_out(hub.search, state, answer.match, view.chips, now)
    return page(
        request, "search.html", view=view, hints=answer.hints, ways=ways, narrowed=bool(state.pairs())
    )


@get(router, "/search.json")
@asks_the_engine
def search_as_json(request: Request) -> Response:
    """The answer as `hubsearch search --json --facets` prints it; parameters in any order."""
    hub = hub_of(request)
    return json_answer(search_json(hub.search.search(asked(request).request(hub.now()))))
