"""The Massachusetts Data Hub's items as landing pages: no page as received is at hand, so they are composed.

Of every real item: its title, description, topics, data type and page views, byte for byte. Composed are the
addresses, the agency (the items' field for it is empty; here it is one of their topic's), and the links.
Three unlike templates, as a state site has them: a content system's page, a list of facts, and one for search
engines.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape, unescape
from typing import Any

from tests.portals.landing_portal import LandingPortal

_LINK = re.compile(r"<a [^>]*>([^<]*)</a>")
AGENCIES = {
    "Health and Social Services": "Department of Public Health",
    "Energy and Environment": "Executive Office of Energy and Environmental Affairs",
    "Finance and Administration": "Executive Office for Administration and Finance",
    "Labor and Workforce Development": "Department of Unemployment Assistance",
    "Judiciary": "Massachusetts Trial Court",
    "Transportation": "Massachusetts Department of Transportation",
    "Demographics": "Secretary of the Commonwealth",
    "Criminal Justice and Public Safety": "Department of Correction",
    "Education": "Department of Elementary and Secondary Education",
    "Business": "Department of Revenue",
    "Geographic Data (GIS)": "Bureau of Geographic Information",
    "Human resources": "Human Resources Division",
}
STATE = "Commonwealth of Massachusetts"
RULES = {
    "pages": {
        "exclude": ["/news/*"],
        "title": ["h1.ma__page-header__title", "#item-name"],
        "description": [".ma__lede", "#item-about"],
        "organisation": [".ma__byline a", "dl.facts dd.agency"],
        "topics": [".ma__topics li", "dl.facts dd.topics a"],
        "type": [".ma__data-type", "dl.facts dd.kind"],
        "modified": ["time.updated", "dl.facts dd.changed"],
        "views": [".ma__views", "meta[name=pageviews]"],
    }
}
"""What an operator writes for the two templates that do not speak schema.org."""
_NEWS = """<!DOCTYPE html><html lang="en"><head><title>{0} | Mass.gov</title></head><body><main><h1>{0}</h1>
<p>The office is closed on Monday.</p><a href="/about">About us</a></main></body></html>"""
NO_DATASETS = ("/", "/about", "/news/holiday", "/contact", "/topics/health", "/agencies/dph")


@dataclass(frozen=True)
class Item:
    """One item, and what has to arrive of it."""

    path: str
    title: str
    description: str
    agency: str
    topics: list[str]
    kind: str
    views: int
    link: str
    raw: dict[str, Any]


def items_of(records: Sequence[dict[str, Any]]) -> list[Item]:
    """The items of the hub's own list, each with its page."""
    return [_item(number, raw) for number, raw in enumerate(records)]


class MassgovPortal(LandingPortal):
    """All items in their templates (turn by turn), and some pages that are no datasets."""

    def __init__(self, records: Sequence[dict[str, Any]]) -> None:
        self.items = items_of(records)
        templates = (_content_page, _facts_page, _search_page)
        pages = {path: _NEWS.format(path.strip("/") or "Data").encode() for path in NO_DATASETS}
        pages |= {item.path: templates[n % 3](item).encode() for n, item in enumerate(self.items)}
        super().__init__(pages)


def _item(number: int, raw: dict[str, Any]) -> Item:
    title = unescape(raw["title"]).strip()
    topics = list(dict.fromkeys(unescape(topic) for topic in _LINK.findall(raw["field_data_topic"])))
    words = "-".join(re.findall(r"[a-z0-9]+", title.lower()))
    kind = "".join(_LINK.findall(raw["field_list_data_type"])[:1])
    told = (raw[name] for name in ("field_service_lede", "field_externaldata_description"))
    description = next((text for text in told if text), "")
    link = f"/doc/{words}/download"
    if "dashboard" in title.lower():
        link = f"https://public.tableau.com/views/{words}/Summary"
    elif "report" in title.lower():
        link = f"https://www.mass.gov/files/documents/{words}.pdf"
    return Item(
        f"/info-details/{words}-{number}",
        title,
        description,
        AGENCIES.get(topics[0], STATE),
        topics,
        kind,
        int(raw["pageviews"].replace(",", "")),
        link,
        raw,
    )


def _content_page(item: Item) -> str:
    topics = "".join(f'<li><a href="/topics/{n}">{escape(t)}</a></li>' for n, t in enumerate(item.topics))
    return f"""<!DOCTYPE html>
<html lang="en"><head><title>{item.raw["title"]} | Mass.gov</title>
<meta property="og:site_name" content="Mass.gov"><link rel="canonical" href="{item.path}">
<script>var a = "</p>";</script></head><body>
<header><nav><a href="/">Mass.gov</a><a href="/files/menu.csv">x</a></nav></header>
<main><h1 class="ma__page-header__title">{item.raw["title"]}</h1>
<div class="ma__byline">Offered by <a href="/agencies/x">{escape(item.agency)}</a></div>
<p class="ma__lede">{item.description}</p><span class="ma__data-type">{item.kind}</span>
<p>Last updated: <time class="updated" datetime="2022-01-15">January 15, 2022</time></p>
<ul class="ma__topics">{topics}</ul><span class="ma__views">{item.raw["pageviews"]} views</span>
<a href="{item.link}">Open XLSX file, 1.2 MB, {item.raw["title"]}</a>
</main><footer><a href="/forms/f.pdf">Report a problem</a></footer></body></html>"""


def _facts_page(item: Item) -> str:
    topics = ", ".join(f"<a href='/topics/{n}'>{escape(t)}</a>" for n, t in enumerate(item.topics))
    return f"""<HTML><HEAD><TITLE>Data - {item.raw["title"]}</TITLE>
<META NAME=pageviews CONTENT="{item.raw["pageviews"]}"></HEAD><BODY><table><tr><td id=menu><a href=/>Start</a>
<td><font size=5 id=item-name>{item.raw["title"]}</font><div id=item-about>{item.description}</div>
<dl class=facts><dt>Agency<dd class=agency>{escape(item.agency)}<dt>Topics<dd class=topics>{topics}
<dt>Kind<dd class=kind>{item.kind}<dt>Updated<dd class=changed>Last updated January 15, 2022</dl>
<a href="{item.link}" target=_blank>Download the data (CSV)</a></table></BODY></HTML>"""


def _search_page(item: Item) -> str:
    dataset = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "name": item.raw["title"],
        "description": item.description or None,
        "publisher": {"@type": "GovernmentOrganization", "name": item.agency},
        "about": [{"@type": "Thing", "name": topic} for topic in item.topics],
        "dateModified": "2022-01-15",
        "distribution": {"@type": "DataDownload", "contentUrl": item.link, "encodingFormat": "text/csv"},
        "interactionStatistic": {
            "@type": "InteractionCounter",
            "interactionType": "https://schema.org/ViewAction",
            "userInteractionCount": item.views,
        },
    }
    page = {"@context": "https://schema.org", "@type": "WebPage", "mainEntity": dataset}
    text = json.dumps(page).replace("</", "<\\/")
    return f"""<!doctype html><html><head><title>{item.raw["title"]}</title>
<script type='application/ld+json'>{text}</script></head>
<body><div id="root"></div><script src="/app.js"></script></body></html>"""
