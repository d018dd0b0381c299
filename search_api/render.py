"""Pages from templates: escaped by default, no inline style or script, the same frame around each."""

import re
from functools import cache
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from search_api.assets import asset
from search_api.hub import Hub
from search_api.pages.links import linked
from search_api.pages.words import counted, date_label, shortened, size_label, time_value

_OBEYED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def hub_of(request: Request) -> Hub:
    """The hub this application serves."""
    hub: Hub = request.app.state.hub
    return hub


def path_of(request: Request) -> str:
    """The path asked for, as the server read it. Starlette's own `request.url` is put together with what the
    client says the host is."""
    path: str = request.scope["path"]
    return path


def page(request: Request, template: str, status: int = 200, **context: Any) -> HTMLResponse:
    """A page. Templates get the hub's title as `hub_title`, the path asked for as `path`."""
    headers = context.pop("headers", {})
    body = (
        environment()
        .get_template(template)
        .render(
            hub_title=hub_of(request).title,
            base_url=hub_of(request).base_url,
            path=path_of(request),
            **context,
        )
    )
    return HTMLResponse(body, status, {"Cache-Control": "no-cache", **headers})


@cache
def environment() -> Environment:
    """The templates, compiled as they are first used. An unknown name in one is an error, not an empty
    string."""
    made = Environment(
        loader=PackageLoader("search_api", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(date=date_label, size=size_label, time=time_value, shortened=shortened, linked=linked)
    made.globals.update(counted=counted, asset=lambda name: asset(name).path)
    return made


def _shown(value: object) -> object:
    """A value as a page may hold it. What was published is also shown as it came, and there a control
    character or a mark of direction would change how the page around it reads."""
    if not isinstance(value, str) or value.isprintable():
        return value
    plain = _OBEYED.sub("\ufffd", value)
    return Markup(plain) if isinstance(value, Markup) else plain  # noqa: S704 - it was markup before
