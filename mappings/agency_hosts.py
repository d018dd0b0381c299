"""Whose a host is: what an e-mail address or a page says of the government behind it.

By CISA's register of .gov names (`agency_domains.csv.gz`), by the places of .us (RFC 1480: `state.ma.us`,
`co.dane.wi.us`, `ci.salem.or.us`, `k12.or.us`), by .mil, and by names that say what they are
(`data.cityofchicago.org`, `marincounty.org`). A portal for everybody's data (`data.gov`) says nothing, nor
does .edu: universities keep catalogues of their cities' data.
"""

import csv
import gzip
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from mappings.agency_names import local_government, state_name, states

_SHOWS_OTHERS = frozenset(
    {"data.gov", "catalog.data.gov", "explore.data.gov", "geoplatform.gov", "geodata.gov"}
)
"""Pages of these show datasets of all governments."""
_PLATFORMS = frozenset({"arcgis.com", "socrata.com", "opendatasoft.com"})
_COUNTY_NAME = re.compile(r"(?:\A|\.)(?:countyof[a-z]{3,}|[a-z]{3,}county(?:[a-z]{2})?(?:gis)?)\Z")
_ABROAD = re.compile(r"(?:\A|\.)(?:(?:gov|gob|gouv|go|gv|govt|gc|admin)\.[a-z]{2}|europa\.eu)\Z")
"""Governments of other countries, which are of none of our levels."""
_CITY_NAME = re.compile(r"(?:\A|\.)(?:city|town|village|borough|township)of[a-z]{3,}\Z")
_IN_US = {
    **dict.fromkeys(("ci", "city", "town", "twp", "vil", "village", "boro", "borough"), "city"),
    **dict.fromkeys(("co", "county", "parish"), "county"),
}
_KINDS = re.compile(r"\A(\S.*?) (township|borough|village|town|city|charter township)\b.*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Owner:
    """A government, as far as a host tells. `state` is the code of its state; `name` as the register has it;
    `place` a town or county with its state, where that is known."""

    level: str
    state: str | None = None
    name: str = ""
    place: str = ""

    @property
    def jurisdiction(self) -> str:
        """Whom it serves, as an operator would write it; empty where that is not known."""
        if self.level == "federal":
            return "United States"
        if self.level == "state":
            return state_name(self.state) if self.state and self.state.casefold() in states() else ""
        return self.place


@lru_cache(maxsize=4096)
def owner_of(host: str) -> Owner | None:
    """The owner of a host; None where nothing shows one."""
    host = host.casefold().rstrip(".")
    if host.removeprefix("www.") in _SHOWS_OTHERS:
        return None
    parts = host.split(".")
    if len(parts) < 2 or parts[-1] == "gov":
        return _of_register(parts[-2]) if len(parts) > 1 else None
    if parts[-1] == "us":
        return _in_us(parts)
    return Owner("federal", None, "Department of Defense") if parts[-1] == "mil" else _by_its_name(parts)


def _by_its_name(parts: list[str]) -> Owner | None:
    name = parts[-2]
    if _ABROAD.search(".".join(parts[-3:])):
        return Owner("other")
    if ".".join(parts[-2:]) in _PLATFORMS:
        name = next((part for part in parts[0].split("-") if _COUNTY_NAME.search(part)), parts[0])
    if _CITY_NAME.search(name):
        return Owner("city")
    return Owner("county") if _COUNTY_NAME.search(name) else None


def _of_register(name: str) -> Owner | None:
    row = _registered().get(name)
    if row is None:
        return None
    level, state, owner = row
    return Owner(level, state or None, owner, _place(level, state, owner))


def _in_us(parts: list[str]) -> Owner | None:
    if parts[-2] == "fed":
        return Owner("federal")
    code = parts[-2].upper()
    if len(code) != 2 or code.casefold() not in states():
        return Owner("city") if _CITY_NAME.search(parts[-2]) else None
    if len(parts) < 3:
        return None
    if parts[-3] == "state":
        return Owner("state", code)
    level = _IN_US.get(parts[-4]) if len(parts) > 3 else None
    if level is None:
        return Owner("other", code) if parts[-3] in ("k12", "cc", "tec", "lib", "dst", "cog") else None
    name = parts[-3].replace("-", " ").title() + (" County" if level == "county" else "")
    return Owner(level, code, place=f"{name}, {code}")


def _place(level: str, state: str, name: str) -> str:
    """`City of Cambridge, Ma` in MA is `Cambridge, MA`; empty where the name does not begin with a place."""
    if level not in ("city", "county") or state not in states().values():
        return ""
    head, comma, tail = name.rpartition(",")
    bare = (
        head
        if comma and tail.strip().casefold() in (state.casefold(), state_name(state).casefold())
        else name
    )
    found = local_government(bare)
    if found is not None and found[0] == level:
        place = found[1].partition(" of ")[2] if level == "city" else found[1]
        return f"{place}, {state}" if place else ""
    kind = _KINDS.fullmatch(bare) if level == "city" else None
    return f"{kind[1]}, {state}" if kind and len(kind[1].split()) <= 3 else ""


@cache
def _registered() -> Mapping[str, tuple[str, str, str]]:
    """Level, state and owner by the name below .gov."""
    raw = resources.files("mappings").joinpath("agency_domains.csv.gz").read_bytes()
    rows = csv.reader(gzip.decompress(raw).decode().splitlines())
    return {domain: (level, state, owner) for domain, level, state, owner in rows}
