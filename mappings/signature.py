"""What a dataset is recognised by when its portal has given it another identifier.

A migration changes URLs, licence texts and the publisher's name in the same night (seen at every ArcGIS Hub
of 2020 and 2022), so none of them counts as content. What stays: the title, the description, keywords, dates,
extent, and inside the URLs the names of the thing itself (an ArcGIS item, a Socrata 4×4, a UUID, a service).
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from itertools import pairwise
from urllib.parse import unquote
from zlib import crc32

import msgspec

from mappings.dataset import Dataset

WORDS_READ = 400
"""Words of a description that are compared; reading more makes no two datasets easier to tell apart."""
SKETCH = 32
"""Hashes kept of a description's word pairs: its likeness to another is known to within a tenth."""
LINKS_READ = 40
"""URLs of a dataset that are looked into."""
URL_READ = 500
"""Characters of each."""

_WORD = re.compile(r"[^\W_]+")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_MONTHS = frozenset(
    [
        *("january", "february", "march", "april", "may", "june", "july", "august", "september"),
        *("october", "november", "december", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep"),
        *("sept", "oct", "nov", "dec", "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio"),
        *("agosto", "septiembre", "octubre", "noviembre", "diciembre", "janvier", "fevrier", "mars"),
        *("avril", "mai", "juin", "juillet", "aout", "septembre", "octobre", "novembre", "decembre"),
        *("spring", "summer", "fall", "autumn", "winter", "first", "second", "third", "fourth"),
    ]
)
"""As `folded` spells them, with the other words that tell one edition from the next."""
_ITEM = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?:_\d{1,4})?(?![0-9a-f])")
_LAYER = re.compile(r"[0-9a-f]{32}_\d+")
_UUID = re.compile(r"(?<![0-9a-f])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-f])")
_SOCRATA = re.compile(
    r"(?:/(?:views|d|resource|geospatial|dataset|datasets|id)/(?:[^/]+/){0,2}|^)"
    r"([a-z2-9]{4}-[a-z2-9]{4})(?=[/?.#]|$)"
)
_SERVICE = re.compile(r"/rest/services/([^?#]+?/(?:feature|map|image)server(?:/\d+)?)/?(?:[?#]|$)")
_HUB_NAME = re.compile(r"/([^/?#]+::[^/?#.]+)")
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*://")


class Signature(msgspec.Struct, array_like=True, gc=False):
    """One dataset's features. Texts are hashed, but for the title, which is compared letter by letter.

    `title` is the title's letters and digits alone; `title_words` and `title_marks` are its words and the
    numbers and months among them. `description` is 0 where there is none; `pattern` is the description
    without its numbers and months, `marks` are those, `dates` the years and months among them; `sketch` holds
    the smallest hashes of its word pairs. `names` are what URLs and identifier call the thing, `own_names`
    those of the identifier; `places` are paths and services without their host, `years` those in paths.
    `facts` counts the fields that say something beside the title; `exact` is a hash of them all.
    """

    title: str
    title_words: list[str]
    title_marks: list[str]
    description: int
    description_words: int
    pattern: int
    marks: int
    dates: list[str]
    sketch: list[int]
    keywords: list[int]
    issued: str
    modified: str
    period: str
    extent: int
    name: str
    own_names: list[str]
    names: list[str]
    places: list[str]
    years: list[str]
    facts: int
    exact: int


def signature(dataset: Dataset, identifier: str) -> Signature:
    """The features of a dataset that its source calls `identifier`."""
    words = words_of(dataset.title)
    text = words_of(dataset.description or "")[:WORDS_READ]
    keywords = sorted({_hash(folded(keyword)) for keyword in dataset.keywords})
    links = [link.url for link in dataset.distributions[:LINKS_READ]]
    if dataset.landing_page:
        links.append(dataset.landing_page)
    own = sorted(set(_names(identifier)))
    names = {name for link in (identifier, *links) for name in _names(link)}
    names |= {name.partition("_")[0] for name in names if _LAYER.fullmatch(name)}
    covered = dataset.temporal if dataset.temporal and not dataset.temporal.derived else None
    period = f"{covered.start}/{covered.end}" if covered else ""
    extent = _extent(dataset)
    pattern = _hash(" ".join(word for word in text if not _is_mark(word)))
    told = [" ".join(text), keywords, dataset.issued, dataset.modified, period, extent]
    columns = sorted(column.name for column in dataset.columns)
    return Signature(
        title="".join(words),
        title_words=words,
        title_marks=sorted(word for word in words if _is_mark(word)),
        description=_hash(" ".join(text)) if text else 0,
        description_words=len(text),
        pattern=pattern,
        marks=_hash(" ".join(word for word in text if _is_mark(word))),
        dates=sorted({word for word in text if word in _MONTHS or _YEAR.fullmatch(word)}),
        sketch=_sketch(text),
        keywords=keywords,
        issued=dataset.issued or "",
        modified=dataset.modified or "",
        period=period,
        extent=extent,
        name=plain_name(identifier),
        own_names=own,
        names=sorted(names),
        places=sorted({place for link in links for place in _places(link)}),
        years=sorted({year for link in links for year in _years(link)}),
        facts=sum(
            map(bool, (len(text) > 3, keywords, dataset.issued, dataset.modified, period, extent, columns))
        ),
        exact=_hash(repr((words, told, columns, dataset.type))),
    )


def clues(one: Signature) -> set[int]:
    """Hashes of which two signatures of one dataset have at least one in common, so that not each has to be
    compared with each."""
    described = one.description if one.description_words > 3 else 0
    parts: list[tuple[object, ...]] = [("title", one.title), ("exact", one.exact), ("name", one.name)]
    parts += [("title and description", one.title, described)] if described else []
    parts += [("description", described)] if described else []
    parts += [("title and issued", one.title, one.issued)] if one.issued else []
    parts += [("name", name) for name in one.names]
    parts += [("title and place", one.title, place) for place in one.places]
    return {_hash(repr(part)) for part in parts}


def title_key(title: str) -> str:
    """Letters and digits of a title, folded: equal for “AddressPoints” and “Address points”."""
    return "".join(words_of(title))


def words_of(text: str) -> list[str]:
    """The words of a text, folded."""
    return _WORD.findall(folded(text))


def folded(text: str) -> str:
    """Lower case, without accents and without the difference between like characters."""
    if text.isascii():
        return text.lower()
    split = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in split if not unicodedata.combining(c))


def plain_name(identifier: str) -> str:
    """An identifier without what a move changes: scheme, `www.`, port, case, percent-encoding, the slash at
    the end."""
    text = unquote(identifier.strip()).lower()
    text = text.removeprefix("urn:uuid:").strip("{}")
    scheme = _SCHEME.match(text)
    if scheme:
        text = text[scheme.end() :].removeprefix("www.")
        host, slash, path = text.partition("/")
        text = host.partition(":")[0] + slash + re.sub("/+", "/", path)
    return text.rstrip("/")


def likeness(one: Signature, other: Signature) -> float:
    """How much two descriptions share, 0 to 1, estimated from the smallest hashes of both."""
    if one.description == other.description:
        return 1.0 if one.description else 0.0
    smallest = sorted({*one.sketch, *other.sketch})[:SKETCH]
    if not one.sketch or not other.sketch:
        return 0.0
    both = set(one.sketch) & set(other.sketch)
    return sum(value in both for value in smallest) / len(smallest)


def _names(url: str) -> Iterator[str]:
    """What a URL or identifier calls the thing itself, where that is unique by its form."""
    text = unquote(url[:URL_READ]).lower()
    for pattern in (_ITEM, _UUID):
        yield from pattern.findall(text)
    yield from _SOCRATA.findall(text)
    yield from _SERVICE.findall(text)
    yield from _HUB_NAME.findall(text)


def _places(url: str) -> Iterator[str]:
    """The path without the host: its last two steps, and the name of a map service."""
    path = _path(url)
    steps = [step for step in path.split("/") if step]
    if len("/".join(steps)) >= 8:
        yield "/".join(steps[-2:])
    service = _SERVICE.search(unquote(url[:URL_READ]).lower())
    if service:
        yield "service " + re.sub(
            "[^a-z0-9]", "", service[1].split("/")[-3 if service[1][-1].isdigit() else -2]
        )


def _years(url: str) -> list[str]:
    return _YEAR.findall(_path(url))


def _path(url: str) -> str:
    text = _SCHEME.sub("", unquote(url[:URL_READ]).lower())
    return re.split("[?#]", text, maxsplit=1)[0].partition("/")[2].rstrip("/")


def _extent(dataset: Dataset) -> int:
    """Box and places as published; what the vocabularies make of a record may differ between two portals."""
    spatial = dataset.spatial
    if spatial is None:
        return 0
    box = [round(number, 3) for number in spatial.bbox] if spatial.bbox and not spatial.bbox_derived else []
    names = sorted(place.as_published or place.name for place in spatial.places if not place.derived)
    return _hash(repr((box, names))) if box or names or spatial.as_published else 0


def _sketch(words: list[str]) -> list[int]:
    pairs: Iterable[str] = map(" ".join, pairwise(words)) if len(words) > 1 else words
    return sorted({crc32(pair.encode()) for pair in pairs})[:SKETCH]


def _is_mark(word: str) -> bool:
    """A number, or a word that stands for one: what tells one edition from the next."""
    return word in _MONTHS or any(map(str.isdigit, word))


def _hash(text: str) -> int:
    """63 bits, so that it fits an integer of any database."""
    digest = blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest) >> 1
