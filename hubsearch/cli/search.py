"""`hubsearch search`: the same search as the web page's."""

import sys
from typing import Any

import click

from hubsearch.cli.output import json_option, print_json, print_table, say
from hubsearch.hub import open_hub
from hubsearch.settings import Settings
from index.fields import FACETS_BY_NAME, SORTS
from index.query.model import MATCHES, BadRequest, SearchRequest
from search_api.answers import search_json


@click.command()
@click.argument("query", default="")
@click.option("--filter", "filters", multiple=True, metavar="FACET=VALUE", help="May be repeated.")
@click.option("--match", type=click.Choice(MATCHES), default="auto", show_default=True)
@click.option("--sort", type=click.Choice(SORTS), default="relevance", show_default=True)
@click.option("--limit", type=int, default=20, show_default=True)
@click.option("--offset", type=int, default=0, show_default=True)
@click.option("--facets", is_flag=True, help="Count the facets too.")
@json_option
@click.pass_obj
def search(settings: Settings, /, query: str, filters: tuple[str, ...], as_json: bool, **given: Any) -> None:
    """Search the hub: words, "phrases", -exclude, field:value, OR."""
    request = SearchRequest(now=settings.now(), q=query, filters=parse_filters(filters), **given)
    with open_hub(settings) as hub:
        page = hub.search.search(request)
    if as_json:
        print_json(search_json(page))
        return
    for hint in page.hints:
        say(hint)
    print_table(
        ("title", "publisher", "portal", "modified", "id"),
        [(r.title, r.publisher, r.source, (r.modified or "")[:10], r.id) for r in page.results],
        empty="Nothing found.",
    )
    words = "every word" if page.match == "all" else f"{page.all_total:,} with every word"
    say(f"{page.total:,} found ({words}).")
    for name, values in page.facets.items():
        if values:
            say(f"{FACETS_BY_NAME[name].label}: " + ", ".join(f"{v.label} ({v.count:,})" for v in values))
    sys.stdout.flush()


def parse_filters(texts: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """`facet=value` words as the request's filters. Raises BadRequest for one without `=`."""
    filters: dict[str, tuple[str, ...]] = {}
    for text in texts:
        name, separator, value = text.partition("=")
        if not separator:
            raise BadRequest("filter", f"{text!r}: say it as FACET=VALUE, for instance format=csv")
        filters[name] = (*filters.get(name, ()), value)
    return filters
