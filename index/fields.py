"""One table of fields: what is searched with which weight, what is a facet, what can be sorted by.

Both engines' schemas, the query parser's `field:value`, the URL parameters, the API's parameters and the
page's filters are derived from it, so a new facet is one line here and its value in `index.document`.
"""

from dataclasses import dataclass
from typing import Literal

FacetKind = Literal["value", "updated"]


@dataclass(frozen=True, slots=True)
class TextField:
    """A searched field of an engine document. It is indexed twice, stemmed and exact.

    Weights multiply BM25; a form with weight 0 is not indexed, but for those of `all`.
    """

    name: str
    stem: float
    exact: float


@dataclass(frozen=True, slots=True)
class Facet:
    """A way to narrow a search. `name` is the URL parameter, the `--filter` key and the `field:` prefix.

    `label` is what a person reads, `multi` whether one dataset may have several values, `fixed` the closed
    list of values in the order shown (empty: any value, ordered by count).
    """

    name: str
    label: str
    multi: bool = False
    kind: FacetKind = "value"
    fixed: tuple[str, ...] = ()


TEXT_FIELDS: tuple[TextField, ...] = (
    TextField("all", stem=1.0, exact=2.0),
    TextField("title", stem=0.5, exact=0.35),
    TextField("tags", stem=0.0, exact=0.2),
)
"""All text together carries the weight; a big title boost hurts. Measured with `benchmarks/relevance.py`
(nDCG@10; ACORDAR keywords / its questions / DataFinder): these 0.585 / 0.387 / 0.115; `all` exact at 0.25
0.572 / 0.391 / 0.102, at 3 0.587 / 0.379 / 0.119; title exact at 0.7 0.583 / 0.382 / 0.114; tags exact at 0.4
0.584 / 0.385 / 0.116. An exact description field (0.3) gained 0.003 / 0 / 0.001 for a fifth more indexing."""

UPDATED_DAYS: dict[str, int] = {"7d": 7, "30d": 30, "90d": 90, "1y": 365, "5y": 1826}
"""Windows of the `updated` facet, in days before now. They are nested, so the widest selected one holds."""

FACETS: tuple[Facet, ...] = (
    Facet("source", "Portal", multi=True),
    Facet("level", "Level of government", multi=True),
    Facet("jurisdiction", "Jurisdiction", multi=True),
    Facet("publisher", "Publisher", multi=True),
    Facet("type", "Type"),
    Facet("topic", "Topic", multi=True),
    Facet("place", "Place", multi=True),
    Facet("format", "Format", multi=True),
    Facet("license", "Licence", multi=True),
    Facet("frequency", "Update frequency", multi=True),
    Facet("access", "Access", multi=True),
    Facet("keyword", "Keyword", multi=True),
    Facet("has", "Offers", multi=True, fixed=("download", "api", "map", "documentation")),
    Facet("updated", "Updated", kind="updated", fixed=tuple(UPDATED_DAYS)),
)

FACETS_BY_NAME: dict[str, Facet] = {facet.name: facet for facet in FACETS}

Sort = Literal["relevance", "modified", "title", "popular"]
SORTS: tuple[Sort, ...] = ("relevance", "modified", "title", "popular")
