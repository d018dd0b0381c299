"""Errors as answers: JSON for programs, a readable page for people, always with what to do next."""

import logging
from dataclasses import dataclass

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from dcat.errors import FeedError
from index.engines.protocol import EngineError
from index.query.model import BadRequest
from index.store.errors import StoreError
from search_api.pages.words import repeated
from search_api.render import page, path_of
from search_api.security import headers_for, is_for_machines

LOG = logging.getLogger("hubsearch.search_api")

RETRY_AFTER = "30"
"""Seconds a caller should wait when the engine or the store does not answer."""

TITLES = {
    400: "That request cannot be answered",
    404: "There is nothing at this address",
    405: "This address cannot be used that way",
    410: "This is not here any more",
    413: "That request is too large",
    431: "That request is too large",
    500: "Something went wrong here",
    503: "Searching is not possible at the moment",
}

PATH_SHOWN = 200
"""Characters of an address repeated in a sentence."""

STORE_AWAY = "This cannot be shown at the moment"

ENGINE_DETAIL = (
    "The search is being updated or repaired. Please try again in a minute. "
    "The pages of datasets, the list of portals and the feed are there meanwhile."
)
STORE_DETAIL = "The hub is being updated or repaired. Please try again in a minute."


@dataclass(frozen=True, slots=True)
class Failure:
    """What is said about an error: status, sentence, headers, and a heading of its own."""

    status: int
    detail: str
    headers: dict[str, str]
    title: str = ""


def add_error_answers(app: FastAPI) -> None:
    """Answer every error of the application in the form its caller reads."""
    app.add_exception_handler(BadRequest, _bad_request)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(EngineError, _no_engine)
    app.add_exception_handler(StoreError, _no_store)
    app.add_exception_handler(FeedError, _no_store)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


def said_path(request: Request) -> str:
    """The path asked for, as sentences and the log repeat it."""
    return repeated(path_of(request), PATH_SHOWN)


def wants_json(request: Request) -> bool:
    """Does the caller read JSON rather than a page?"""
    if is_for_machines(path_of(request)):
        return True
    accepts = request.headers.get("accept", "")
    return "application/json" in accepts and "text/html" not in accepts


def answer(request: Request, failure: Failure) -> Response:
    """The error in the caller's form."""
    if wants_json(request):
        return JSONResponse({"detail": failure.detail}, failure.status, failure.headers)
    title = failure.title or TITLES.get(failure.status, "That did not work")
    return page(
        request, "error.html", failure.status, title=title, detail=failure.detail, headers=failure.headers
    )


def _bad_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, BadRequest)
    return answer(request, Failure(400, f"{error.parameter}: {error.message}", {}))


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = "; ".join(f"{found['loc'][-1]}: {found['msg']}" for found in error.errors())
    return answer(request, Failure(400, found, {}))


def _no_engine(request: Request, error: Exception) -> Response:
    LOG.warning("%s cannot be answered: %s", said_path(request), error)
    return answer(request, Failure(503, ENGINE_DETAIL, {"Retry-After": RETRY_AFTER}))


def _no_store(request: Request, error: Exception) -> Response:
    LOG.warning("%s cannot be answered: %s", said_path(request), error)
    return answer(request, Failure(503, STORE_DETAIL, {"Retry-After": RETRY_AFTER}, STORE_AWAY))


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    detail = error.detail if error.status_code not in {404, 405} or error.detail != _phrase(error) else ""
    if not detail:
        detail = _usual(request, error.status_code)
    return answer(request, Failure(error.status_code, detail, dict(error.headers or {})))


def _unexpected(request: Request, error: Exception) -> Response:
    # Runs outside the middleware, so the headers are added here. The server logs the error itself.
    detail = "The hub made a mistake. It has been logged; please try something else meanwhile."
    return answer(request, Failure(500, detail, headers_for(path_of(request))))


def _phrase(error: HTTPException) -> str:
    return {404: "Not Found", 405: "Method Not Allowed"}.get(error.status_code, "")


def _usual(request: Request, status: int) -> str:
    path = said_path(request)
    if status == 405:
        method = repeated(request.method, PATH_SHOWN)
        return f"{path} answers GET and HEAD only; {method} changes nothing here."
    return f"There is no {path}. Search for a dataset, or begin at the start page."
