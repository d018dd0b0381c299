"""Names of agencies as they are compared, and what a name says of the place it belongs to."""

import re
from collections.abc import Mapping
from functools import cache

from mappings import vocabulary

_BRACKETS = re.compile(r"\s*\([^()]*\)")
_US = re.compile(r"\b(?:u\.\s?s\.(?:\s?a\.)?|united states(?: of america)?|us)(?=\W|$)", re.IGNORECASE)
_CATALOGUED = re.compile(r"\A\s*([^().,/]{2,60}?) \(([A-Z][^()]{1,20})\)(?:[ .,-]|\Z)(.*)", re.DOTALL)
_DEPARTMENT = re.compile(r"\b(?:dept|dep't)\b\.?", re.IGNORECASE)
_NO_WORD = re.compile(r"[^\w']+")
_GOVERNMENT_OF = re.compile(
    r"(?:the )?(city and county|city|town|village|borough|township|county) of (\S.*)", re.IGNORECASE
)
_TURNED = re.compile(r"([^,]+), (city|town|village|borough|township|county) of", re.IGNORECASE)
_COUNTY = re.compile(r"\A(\S(?:[^,/]*?\S)??) (county|parish)(?:(?:,| -)? (.*))?", re.IGNORECASE)


def plain(name: str) -> str:
    """The name on one line with one spelling of apostrophes and of "Department", without brackets."""
    text = " ".join(name.replace("’", "'").replace("–", "-").replace("&", " and ").split())
    text = _DEPARTMENT.sub("Department", _BRACKETS.sub("", text)).strip(" ,.;-")
    text = text[4:] if text[:4].casefold() == "the " else text
    first, space, rest = text.partition(" ")
    return f"{vocabulary.load('agencies')['short'].get(first, first)}{space}{rest}"


def as_spoken(name: str) -> str:
    """`Concord (Mass.). Dept. of Public Works`, as library catalogues write places (AACR2), as spoken."""
    found = _CATALOGUED.match(name)
    code = _catalogue_states().get(found[2].casefold()) if found else None
    if found is None or code is None:
        return name
    place = found[1] if local_government(found[1]) else f"City of {found[1]}"
    rest = found[3].strip(" .,")
    return f"{place}, {code} {rest}" if rest else f"{place}, {code}"


@cache
def _catalogue_states() -> Mapping[str, str]:
    table: dict[str, str] = vocabulary.load("agencies")["catalogue_states"]
    return {**{short.casefold(): code for short, code in table.items()}, **states()}


def name_key(name: str) -> str:
    """How names are compared: `us department of energy` for all spellings of it."""
    words = _NO_WORD.sub(" ", _US.sub("us", plain(name)).casefold()).split()
    return " ".join(word for word in words if word != "the")


@cache
def words(kind: str) -> frozenset[str]:
    """A list of words of the vocabulary."""
    return frozenset(vocabulary.load("agencies")[kind])


def begins_with(kinds: tuple[str, ...], name: str) -> bool:
    """Whether the first word is in one of the lists."""
    first = name.casefold().replace("-", " ").split(" ", 1)[0].strip(",/")
    return any(first in words(kind) for kind in kinds)


@cache
def states() -> Mapping[str, str]:
    """Codes of states by their names, and by the codes themselves, in small letters."""
    table: dict[str, str] = vocabulary.load("agencies")["states"]
    return {
        **{name.casefold(): code for code, name in table.items()},
        **{code.casefold(): code for code in table},
    }


def state_name(code: str) -> str:
    """The name of a state by its code."""
    name: str = vocabulary.load("agencies")["states"][code]
    return name


def state_of(text: str) -> str | None:
    """The code of a state given by name or code, with or without "State of"."""
    lower = text.casefold().strip(" .,").replace(".", "")
    return states().get(re.sub(r"^(?:state|commonwealth) of ", "", lower))


def split_state(text: str) -> tuple[str, str | None]:
    """`Boston, MA` as (`Boston`, `MA`); the state is None where none is named."""
    head, comma, tail = text.rpartition(",")
    code = state_of(tail) if comma else None
    return (head.strip(), code) if code else (text.strip(), None)


def state_prefix(name: str) -> tuple[str, str] | None:
    """`CT Department of Health` as (`CT`, `Department of Health`): codes count in capitals only."""
    if found := re.match(r"(?:State|Commonwealth) of ([A-Z][a-z]+(?: [A-Z][a-z]+)?)(?:[ ,:-]+|$)(.*)", name):
        two = found[1]
        for place, rest in ((two, found[2]), (two.split(" ")[0], name.partition(two.split(" ")[0])[2])):
            if place.casefold() in states():
                return states()[place.casefold()], rest.strip(" ,:-")
    for size in (3, 2, 1):
        parts = name.split(" ")
        place = " ".join(parts[:size]).rstrip(",'").removesuffix("'s")
        code = states().get(place.casefold())
        if code and len(parts) > size and (len(place) > 2 or place.isupper()):
            return code, " ".join(parts[size:])
    return None


def local_government(name: str) -> tuple[str, str, str | None, str] | None:
    """(level, `City of Boston` or `Suffolk County`, state, what follows) of a name that begins with one.

    None where it begins with none, or joins two (`City of Lincoln/Lancaster County`)."""
    if "/" in name or ";" in name:
        return None
    if turned := _TURNED.fullmatch(name):
        name = f"{turned[2]} of {turned[1]}"
    if found := _GOVERNMENT_OF.fullmatch(name):
        place, state, rest = _place(found[2])
        if not place:
            return None
        kind = found[1].lower()
        if kind == "county":
            return "county", f"{place} County", state, rest
        kind = "City and County" if kind == "city and county" else kind.title()
        return "city", f"{kind} of {place}", state, rest
    if (found := _COUNTY.fullmatch(name)) and _is_place(found[1]):
        state, rest = _leading_state(found[3] or "")
        return "county", f"{found[1]} {found[2].title()}", state, rest
    return None


def _place(text: str) -> tuple[str, str | None, str]:
    """Place, state and the rest: the place ends at a comma, or at a word that only an agency's name has."""
    head, comma, tail = text.partition(",")
    parts = head.split(" ")
    kinds = ("of_any_government", "of_local_government", "agency")
    cut = next(
        (i for i, word in enumerate(parts) if (i and begins_with(kinds, word)) or word == "-"), len(parts)
    )
    rest = " ".join(parts[cut:]).strip(" -")
    state = None
    if comma:
        state, after = _leading_state(tail.strip())
        rest = " ".join(part for part in (rest, after) if part)
    return " ".join(parts[:cut]), state, rest


def _leading_state(text: str) -> tuple[str | None, str]:
    parts = text.split(" ")
    for size in (2, 1):
        place = " ".join(parts[:size]).strip(" ,.")
        code = states().get(place.casefold())
        if code and (len(place) > 2 or place.isupper()):
            return code, " ".join(parts[size:]).strip(" ,-")
    return None, text


def _is_place(text: str) -> bool:
    """Whether what stands before "County" can be a county's name: short, capitalised, no agency."""
    parts = text.split(" ")
    small = any(word[:1].islower() and word not in ("of", "du", "la", "the") for word in parts)
    return (
        len(parts) <= 3
        and not small
        and not any(begins_with(("agency", "of_any_government"), p) for p in parts)
    )
