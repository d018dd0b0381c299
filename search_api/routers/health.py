"""Is the hub well? For the process manager and the proxy in front."""

import asyncio

from fastapi import APIRouter, Request, Response

from search_api.json_answer import json_answer
from search_api.probes import Answer
from search_api.routing import get

router = APIRouter()


@get(router, "/healthz")
async def healthz(request: Request) -> Response:
    """200 while this process is alive and store and engine answer; 503 says which does not and why.

    An index that has to be built is no ill health: the process manager could only restart what is well. Nor
    is a disk that is nearly full, which `warnings` names.
    """
    store, engine, warnings = await _asked(request)
    troubles = {name: part.trouble for name, part in (("store", store), ("engine", engine)) if part.trouble}
    document = {"ok": not troubles, "store": not store.trouble, "engine": not engine.trouble}
    more = ({"reasons": troubles} if troubles else {}) | warnings
    return json_answer(document | more, 503 if troubles else 200)


@get(router, "/readyz")
async def readyz(request: Request) -> Response:
    """200 while searches can be answered here, 503 when not and while the process is being stopped; tells how
    far the index is behind the store (null: not known), and what should be mended all the same."""
    store, engine, warnings = await _asked(request)
    behind = None
    if store.sequence is not None and engine.sequence is not None:
        behind = max(0, store.sequence - engine.sequence)
    reasons = [reason for reason in (store.trouble, engine.trouble) if reason]
    if engine.unready and store.sequence != 0:  # nothing held, nothing to be found: the empty answer is true
        reasons.append(engine.unready)
    if request.app.state.draining.is_set():
        reasons.append("this process is being stopped")
    document = {"ready": not reasons, "behind": behind}
    more = ({"reasons": reasons} if reasons else {}) | warnings
    return json_answer(document | more, 503 if reasons else 200)


async def _asked(request: Request) -> tuple[Answer, Answer, dict[str, list[str]]]:
    """What store and engine say, and `warnings` where there is one."""
    state = request.app.state
    probes = (state.store_probe, state.engine_probe, state.disk_probe)
    store, engine, disk = await asyncio.gather(*(probe.answer() for probe in probes))
    warning = disk.trouble or disk.warning
    return store, engine, {"warnings": [warning]} if warning else {}
