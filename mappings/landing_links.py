"""What a link on a landing page leads to: a file of data, a report, a dashboard, a map, an interface.

Decided by the address first, then by what the link says of itself. `None` is a link like any other. A PDF is
a report where something says that it holds results; forms and brochures are not.
"""

import re
from typing import Literal
from urllib.parse import urlsplit

LinkKind = Literal["file", "report", "dashboard", "story", "map", "api"]

_LIMIT = 2_000
_DATA_FILE = re.compile(
    r"\.(?:csv|tsv|xlsx?|xlsm|xlsb|ods|zip|7z|tgz|tar|gz|json|jsonl|geojson|topojson|ndjson|xml|kml|kmz|gml|gpx"
    r"|gpkg|shp|gdb|dbf|parquet|rdf|ttl|nt|nq|jsonld|mdb|accdb|sav|dta|rds|rdata|por|sas7bdat|nc|hdf5?|tiff?|las"
    r"|laz|sqlite|pbf|dat)$",
    re.IGNORECASE,
)
_NOT_DATA = re.compile(
    r"(?:^|[/._-])(?:sitemap|rss|atom|feed|manifest|opensearch|package|osd|schema)[^/]{0,40}$", re.IGNORECASE
)
"""Files in XML and JSON that a site has for machines."""
_DOCUMENT = re.compile(r"\.(?:pdf|docx?|pptx?|odt|rtf)$", re.IGNORECASE)
_REPORT_WORDS = re.compile(
    r"\b(?:reports?|statistics?|stats|data|datasets?|surveys?|stud(?:y|ies)|findings|indicators?|census|dashboards?"
    r"|annual|quarterly|monthly|bulletins?|profiles?|trends?|tables?|analysis|assessments?|estimates?|counts?)\b",
    re.IGNORECASE,
)
_DASHBOARD = re.compile(
    r"//(?:public\.tableau\.com|(?:[\w-]{1,60}\.){0,4}tableau\.[\w.-]{1,60}|[\w.-]{0,60}tableau[\w-]{0,40}\.(?:gov|org|"
    r"com|us|net)[\w.-]{0,40})/(?:t/[^/]{1,100}/|#/)?(?:views|shared|app/profile|site)\b"
    r"|//app\.(?:high\.|mil\.)?powerbi(?:gov)?\.(?:com|us)/"
    r"|//[\w.-]{1,100}\.arcgis\.com/apps/(?:ops)?dashboards?\b"
    r"|/portal/apps/(?:ops)?dashboards?\b|//experience\.arcgis\.com/"
    r"|//[\w.-]{1,100}\.shinyapps\.io(?:/|$)|/shiny(?:-server)?/"
    r"|//(?:datastudio|lookerstudio)\.google\.com/|/(?:sense/app|single/\?appid|qlik[\w-]{0,20})/?"
    r"|//[\w.-]{0,60}(?:looker|domo|metabase|sisense)\.com/|/dashboards?/",
    re.IGNORECASE,
)
_STORY = re.compile(
    r"//storymaps\.arcgis\.com/|\.arcgis\.com/apps/(?:mapseries|storymap|cascade)", re.IGNORECASE
)
_MAP = re.compile(
    r"\.arcgis\.com/(?:apps/(?:webappviewer|instant|view|mapviewer)|home/webmap)|/portal/apps/(?:webappviewer|instant)"
    r"|//(?:[\w-]{1,60}\.)?carto\.com/|/webappviewer/",
    re.IGNORECASE,
)
_API = re.compile(
    r"/rest/services/|/(?:feature|map|image)server(?:/|$)|[?&]service=w[mfct]s\b|//api\.[\w.-]+/|/api/|/odata/"
    r"|/(?:api-?docs?|swagger|openapi|developers?/api)\b|//dev\.socrata\.com/foundry/|/resource/\w{4}-\w{4}\b"
    r"|/sparql\b",
    re.IGNORECASE,
)
_DOWNLOAD = re.compile(
    r"(?:^|[/?&=._-])download|accesstype=download|/rows\.\w{3,7}|[?&](?:f|format|outputformat|type)=(?:csv|xlsx?|json"
    r"|geojson|xml|kml|shp|zip|shape-zip)\b|/exports?/|/doc/|/media/|/file",
    re.IGNORECASE,
)
_WORDS = re.compile(
    r"\b(?:csv|tsv|xlsx?|xlsm|excel|spreadsheet|geojson|kml|kmz|shapefile|json|xml|zip|parquet|geodatabase|ods)\b",
    re.IGNORECASE,
)
_DOCUMENT_WORDS = re.compile(r"\b(?:pdf|docx?|word document)\b", re.IGNORECASE)
_DASHBOARD_WORDS = re.compile(
    r"\b(?:interactive )?(?:dashboard|data visuali[sz]ation|visuali[sz]ation)\b", re.IGNORECASE
)
_DATA_TYPES = re.compile(
    r"(?:text/(?:csv|tab-separated-values)|application/(?:json|geo\+json|xml|zip|vnd\.ms-excel|vnd\.openxml\S{0,80}"
    r"sheet|vnd\.google-earth\S{0,40}|ld\+json|rdf\+xml))(?:;|$)",
    re.IGNORECASE,
)


def link_kind(url: str, text: str = "", media_type: str = "", page_words: str = "") -> LinkKind | None:
    """The kind of a link; `text` is what it says, `page_words` the page's title."""
    url, text = url[:_LIMIT], text[:_LIMIT]
    path = urlsplit(url).path
    if _DATA_FILE.search(path):
        return None if _NOT_DATA.search(path) else "file"
    if _DOCUMENT.search(path) or (_DOCUMENT_WORDS.search(text) and _DOWNLOAD.search(url)):
        named = f"{text} {path.rpartition('/')[2].replace('-', ' ').replace('_', ' ')} {page_words[:500]}"
        return "report" if _REPORT_WORDS.search(named) else None
    for pattern, kind in _BY_ADDRESS:
        if pattern.search(url):
            return kind
    if _DATA_TYPES.match(media_type) or (
        _DOWNLOAD.search(url) and (_WORDS.search(text) or _WORDS.search(url))
    ):
        return "file"
    return None


def says_dashboard(text: str) -> bool:
    """Whether a text calls something a dashboard."""
    return _DASHBOARD_WORDS.search(text[:_LIMIT]) is not None


def format_word(text: str) -> str | None:
    """The format that a link names in its words, where its address does not: `Open XLSX file, 1.2 MB`."""
    found = _WORDS.search(text[:_LIMIT]) or _DOCUMENT_WORDS.search(text[:_LIMIT])
    return found[0].upper() if found else None


_BY_ADDRESS: tuple[tuple[re.Pattern[str], LinkKind], ...] = (
    (_STORY, "story"),
    (_DASHBOARD, "dashboard"),
    (_MAP, "map"),
    (_API, "api"),
)
