"""`/dataset/{id}`: the page of one dataset and the dataset as JSON. Its address stays while the dataset
lives; afterwards it says what was there."""

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from index.present import present
from index.store import Source, StoredRecord
from index.store.ids import ALPHABET, LONGEST
from search_api.hub import Hub
from search_api.json_answer import json_answer
from search_api.pages.dataset_page import dataset_view, withdrawn_json
from search_api.pages.words import repeated
from search_api.render import hub_of, page, path_of
from search_api.routing import get

router = APIRouter()

_LETTERS = frozenset(ALPHABET)


def dataset_answer(hub: Hub, record_id: str) -> Response:
    """A dataset as JSON, with the record as received; 410 for one that was removed."""
    record = found(hub, record_id)
    if record.deleted_at is not None:
        return json_answer(withdrawn_json(record), 410)
    source = hub.store.source(record.source) or Source(record.source, "", "")
    return json_answer(present(record, source, hub.store.raw(record_id)))


def found(hub: Hub, record_id: str) -> StoredRecord:
    """The record of a public id, removed or not. Raises HTTPException 404."""
    record = hub.store.record(record_id) if _may_be_an_id(record_id) else None
    if record is None:
        raise HTTPException(
            404, f"There is no dataset {repeated(record_id, 80)} in this hub. Search for it by its title."
        )
    return record


def _may_be_an_id(text: str) -> bool:
    """What none can be is not looked up: PostgreSQL, for one, takes no NUL."""
    return len(text) <= LONGEST and _LETTERS.issuperset(text)


@get(router, "/dataset/{record_id}.json")
def dataset_as_json(request: Request, record_id: str) -> Response:
    """The dataset as `hubsearch record show --json` prints it."""
    return dataset_answer(hub_of(request), record_id)


@get(router, "/dataset/{record_id}")
@get(router, "/dataset/{record_id}/{slug}")
def dataset_page(request: Request, record_id: str) -> Response:
    """The page; another slug than the present title's leads to the right one."""
    hub = hub_of(request)
    record = found(hub, record_id)
    source = hub.store.source(record.source)
    if record.deleted_at is not None:
        return page(request, "withdrawn.html", 410, record=record, source=source)
    every = request.query_params.get("files") == "all"
    view = dataset_view(record, source, every_offer=every)
    if path_of(request) != view.path:
        # Titles change and change back: a redirect that a browser kept would then lead in a circle.
        return RedirectResponse(view.path, 301, {"Cache-Control": "no-cache"})
    return page(request, "dataset.html", view=view, every_offer=every)
