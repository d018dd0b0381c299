"""Is the hub well? For the process manager and the proxy in front."""

from fastapi import APIRouter, Request, Response

from search_api.json_answer import json_answer
from search_api.render import hub_of
from search_api.routing import get

router = APIRouter()


@get(router, "/healthz")
def healthz(request: Request) -> Response:
    """200 while store and engine answer, 503 (by the error handlers) or `"ok": false` when one does not."""
    hub = hub_of(request)
    hub.store.last_sequence()
    engine = hub.engine.healthy()
    return json_answer({"ok": engine, "store": True, "engine": engine}, 200 if engine else 503)


@get(router, "/readyz")
def readyz(request: Request) -> Response:
    """200 when searches can be answered; tells how far the index is behind the store."""
    hub = hub_of(request)
    ready = hub.engine.healthy()
    behind = hub.store.last_sequence() - hub.engine.watermark()
    return json_answer({"ready": ready, "behind": behind}, 200 if ready else 503)
