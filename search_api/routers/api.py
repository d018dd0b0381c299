"""`/api/v1`: the typed API. Additions may come, nothing is renamed or taken away within v1."""

from typing import Any

from fastapi import APIRouter, Request, Response

from index.fields import FACETS
from index.query.model import SearchPage
from search_api.answers import search_json, sources_json
from search_api.json_answer import json_answer
from search_api.parameters import search_parameters
from search_api.params import read_pairs, read_state
from search_api.render import hub_of
from search_api.routers.dataset import dataset_answer
from search_api.routing import get
from search_api.schema import DatasetAnswer, FacetInfo, Problem, SearchAnswer, SourceInfo
from search_api.threads import asks_the_engine

router = APIRouter(prefix="/api/v1", tags=["v1"])

ERRORS: dict[int | str, dict[str, Any]] = {
    400: {"model": Problem, "description": "A parameter is over a limit or malformed."},
    503: {"model": Problem, "description": "The hub is being repaired; see Retry-After."},
}
GONE: dict[int | str, dict[str, Any]] = {
    404: {"model": Problem, "description": "No dataset has this id."},
    410: {"model": Problem, "description": "The dataset was removed at its source; says what was there."},
    503: ERRORS[503],
}


def answered(request: Request) -> SearchPage:
    """The search in the address, carried out."""
    hub = hub_of(request)
    state = read_state(read_pairs(request.scope["query_string"]))
    return hub.search.search(state.request(hub.now()))


@get(
    router,
    "/search",
    summary="Search datasets",
    operation_id="search",
    response_model=SearchAnswer,
    responses=ERRORS,
    openapi_extra={"parameters": search_parameters()},
)
@asks_the_engine
def search(request: Request) -> Response:
    """Results, and counts for every filter. The same as /search.json."""
    return json_answer(search_json(answered(request)))


@get(
    router,
    "/datasets/{id}",
    summary="One dataset",
    operation_id="dataset",
    response_model=DatasetAnswer,
    responses=GONE,
)
def dataset(request: Request, id: str) -> Response:  # noqa: A002  (the parameter's public name)
    """The dataset and the record as received. The same as /dataset/{id}.json."""
    return dataset_answer(hub_of(request), id)


@get(
    router,
    "/sources",
    summary="The portals",
    operation_id="sources",
    response_model=list[SourceInfo],
    responses={503: ERRORS[503]},
)
def sources(request: Request) -> Response:
    """Every portal the hub reads, and how its last run went."""
    return json_answer(sources_json(hub_of(request).store))


@get(
    router,
    "/facets",
    summary="The filters and their values",
    operation_id="facets",
    response_model=list[FacetInfo],
    responses=ERRORS,
    openapi_extra={"parameters": search_parameters()},
)
@asks_the_engine
def facets(request: Request) -> Response:
    """Each filter with its most frequent values, within the search that the parameters describe."""
    counted = search_json(answered(request))["facets"]
    return json_answer(
        [
            {
                "name": facet.name,
                "label": facet.label,
                "multiple": True,
                "values": counted.get(facet.name, []),
            }
            for facet in FACETS
        ]
    )
