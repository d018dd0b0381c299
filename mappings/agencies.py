"""Agencies: one publisher for one agency, however each portal spells it.

A name is read by itself first (`U.S. Dept. of Energy`, `Racine County, WI`); what many governments have
(`Department of Health`) only means the one whose portal it stands on. A name that nothing here knows stays
itself; its level is the one its own words show ("University"), else that of the government its addresses
belong to, else the portal's. Nothing is matched by similarity.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import urlsplit

from mappings import vocabulary
from mappings.agency_hosts import owner_of
from mappings.agency_kinds import certain_level, likely_level
from mappings.agency_list import UNITED_STATES, Agency, branch_of, federal
from mappings.agency_names import (
    as_spoken,
    begins_with,
    local_government,
    name_key,
    plain,
    split_state,
    state_name,
    state_of,
    state_prefix,
    words,
)
from mappings.agency_setting import Setting
from mappings.dataset import Dataset, Publisher
from mappings.text import slugify

_HOST = re.compile(
    r"(?:https?://)?((?:[a-z0-9](?:[a-z0-9-]{0,62})\.){1,5}(?:gov|us|org|com|net|edu|mil))(?:/\S*)?",
    re.IGNORECASE,
)
_LOCAL = ("of_any_government", "of_local_government")


def settle_publisher(dataset: Dataset, level: str, jurisdiction: str) -> None:
    """Give the dataset's publisher its canonical id and name, level, branch, jurisdiction, and the agency
    above it where the record names none. `level` and `jurisdiction` are the portal's and stay for what name
    and addresses leave open; "other" is the level of an entry that says nothing."""
    publisher = dataset.publisher
    if publisher is None:
        return
    if publisher.as_published is None:
        publisher.as_published = publisher.name
    own = _host_in(publisher.name)
    where = Setting(level, jurisdiction, (*([own] if own else ()), *_hosts(dataset)))
    known = _owner_itself(own) if own else resolve(publisher.name, where.by_addresses())
    if known is not None:
        publisher.id, publisher.name = known.id, known.name
        publisher.level, publisher.branch, publisher.jurisdiction = (
            known.level,
            known.branch,
            known.jurisdiction,
        )
        if known.parent and known.level == "federal":
            publisher.parents = publisher.parents or [known.parent]
    else:
        _place_unknown(publisher, where)


def _place_unknown(publisher: Publisher, where: Setting) -> None:
    """Level and jurisdiction of a name that nothing here knows, by the first evidence there is."""
    entry = None if where.level == "other" else where.level
    owner = next(where.owners(), None)
    level = publisher.level or certain_level(publisher.name) or (owner and owner.level)
    level = level or likely_level(publisher.name) or entry
    publisher.level = level
    publisher.branch = publisher.branch or branch_of(publisher.name)
    if publisher.jurisdiction is None and owner is not None and level == owner.level:
        publisher.jurisdiction = owner.jurisdiction or None
    if publisher.jurisdiction is None and level in ("federal", entry, None):
        publisher.jurisdiction = UNITED_STATES if level == "federal" else where.jurisdiction or None
    if level == "federal" and owner is not None and not publisher.parents:
        above = resolve(owner.name, Setting("federal", UNITED_STATES))
        publisher.parents = [above.name] if above is not None else []


def _host_in(name: str) -> str:
    """The host of a publisher who is called by an address (`data.baltimorecity.gov`); else empty."""
    found = _HOST.fullmatch(name.strip())
    return found[1].casefold() if found else ""


def _owner_itself(host: str) -> Agency | None:
    """Who owns a host, by the register's name for him; None where it is not known or not understood."""
    owner = owner_of(host)
    if owner is None or not owner.name:
        return None
    if owner.place:
        kind = "" if owner.level == "county" else "City of "
        found = resolve(f"{kind}{owner.place}", Setting())
        return found if owner.level == "county" or owner.name.startswith("City of ") else None
    return resolve(owner.name, Setting(owner.level, owner.jurisdiction))


@lru_cache(maxsize=8192)
def resolve(name: str, where: Setting) -> Agency | None:
    """The agency a published name means at this place; None where that would be a guess."""
    text = plain(as_spoken(name))
    if not text:
        return None
    return (
        _other(text)
        or _federal(text, where)
        or _local(text, where)
        or _below_federal(text, where)
        or _of_state(text, where)
        or _of_town(text, where)
    )


def _other(text: str) -> Agency | None:
    name = vocabulary.load("agencies")["other"].get(text.casefold())
    return Agency(slugify(name), name, "other") if name else None


def _federal(text: str, where: Setting) -> Agency | None:
    key = name_key(text)
    listed = federal()
    if found := listed.plain.get(key):
        return found
    bare = key.removeprefix("us ")
    if bare != key or where.is_federal:
        return listed.plain.get(bare) or listed.shared.get(bare)
    return None


def _below_federal(text: str, where: Setting) -> Agency | None:
    """`Vital Statistics, Centers for Disease Control and Prevention`, `USGS - Water Mission Area`: a part
    keeps its own name, and an agency named with its department is itself."""
    mark = next((mark for mark in (",", " - ", "/") if mark in text.strip(mark)), None)
    if mark is None:
        return None
    above = _federal(text.rpartition(mark)[2].strip(), where)
    head = _federal(text.partition(mark)[0], where)
    if above is not None and head is not None:
        return above if above.parent else head
    known = above or head
    if known is None:
        return None
    return Agency(slugify(text), text, "federal", UNITED_STATES, known.branch, known.name)


def _local(text: str, where: Setting) -> Agency | None:
    """A city or county by its name, or a part of one; the state comes from the name, else from the portal."""
    found = None if where.level == "federal" and not split_state(text)[1] else local_government(text)
    if found is None:
        return None
    level, government, named, rest = found
    bare = government.removeprefix("City and County of ").removeprefix("City of ").removeprefix("Town of ")
    if rest and (own_place := _own_place(where)) and bare.casefold().startswith(f"{own_place.casefold()} "):
        bare, rest = own_place, f"{bare[len(own_place) + 1 :]} {rest}"
    elif " " in bare and not text.startswith(government + ",") and begins_with(("agency",), rest):
        return Agency(slugify(text), text, level)
    own = where.level not in ("city", "county")
    state = named or (where.state if own or _same_place(bare, where.jurisdiction) else None)
    if rest and state_of(rest) is None:
        return _part(bare, state, rest, level)
    whole = f"{government}, {state}" if state else government
    place = f"{bare}, {state}" if state else bare
    return Agency(slugify(whole), whole, level, place)


def _own_place(where: Setting) -> str:
    """The town a town's portal speaks for, without "City of" and state; empty on other portals."""
    bare = split_state(where.jurisdiction)[0]
    found = local_government(bare)
    if found is not None and found[0] == "city":
        bare = found[1].split(" of ", 1)[1]
    return bare if where.level == "city" else ""


def _same_place(bare: str, jurisdiction: str) -> bool:
    """Whether a place is the portal's own; a town's portal shows other towns' data without saying where."""
    own = split_state(jurisdiction)[0].casefold()
    return own == bare.casefold() or own.endswith(f" of {bare.casefold()}")


def _many_have(text: str) -> bool:
    """Whether a name without a place can be the portal's own: not one that a federal agency has, either,
    unless it is a department's, as every government has them."""
    key = name_key(text)
    return key.startswith("department ") or key not in federal().shared


def _of_state(text: str, where: Setting) -> Agency | None:
    """A state, or an agency of one: named with it, or standing on its portal."""
    if where.level == "federal":
        return None
    own = where.state if where.level == "state" else None
    prefix = state_prefix(text)
    if prefix is None:
        return _state_agency(own, text, own=True) if own and _many_have(text) else None
    if prefix[0] != own and prefix[0] in words("like_cities"):
        if prefix[0] == "NY" and not _says_state(text):
            return None
        return _state_agency(*prefix, own=True, said=_says_state(text))
    return _state_agency(
        prefix[0], prefix[1], own=prefix[0] == own, said=text.startswith(("State of", "Commonw"))
    )


def _state_agency(state: str, rest: str, *, own: bool, said: bool = False) -> Agency | None:
    place = state_name(state)
    if said and not rest:
        name = (
            f"State of {place}" if state not in ("MA", "PA", "VA", "KY", "PR") else f"Commonwealth of {place}"
        )
        return Agency(slugify(name), name, "state", place)
    known = _short_names(state).get(name_key(rest))
    if known is None and rest.casefold().startswith("state ") and " " in rest[6:]:
        rest = rest[6:]
    if known is None and not _names_agency(rest, strict=own):
        return None
    name = f"{place} {known or rest}"
    above = state_prefix(rest)
    if above is not None and above[0] != state:
        return None
    return Agency(slugify(name), name, "state", place, branch_of(name))


def _names_agency(rest: str, *, strict: bool) -> bool:
    """Whether what stands behind a state's name is an agency of it and no town or river of that name."""
    first = rest.casefold().split(" ", 1)[0].strip(",")
    if first in words("no_state"):
        return False
    if begins_with(("of_any_government",), rest):
        return True
    return not strict and not words("agency").isdisjoint(rest.casefold().replace(",", " ").split())


def _says_state(text: str) -> bool:
    return text.casefold().startswith(("state of ", "new york state", "nys "))


def _short_names(state: str) -> dict[str, str]:
    table: dict[str, str] = vocabulary.load("agencies")["state"].get(state, {})
    return {name_key(short): name for short, name in table.items()}


def _of_town(text: str, where: Setting) -> Agency | None:
    """On a town's or county's portal: its own agencies, with or without its name before theirs."""
    if where.level not in ("city", "county") or not where.jurisdiction:
        return None
    bare, state = split_state(where.jurisdiction)
    government = local_government(bare)
    if government is not None and government[0] == "city":
        bare = government[1].split(" of ", 1)[1]
    if not _many_have(text):
        return None
    if text.casefold().startswith(f"{bare.casefold()} "):
        rest = text[len(bare) + 1 :].strip(" -,")
        return _part(bare, state or where.state, rest, where.level) if begins_with(_LOCAL, rest) else None
    return _part(bare, state or where.state, text, where.level) if begins_with(_LOCAL, text) else None


def _part(place: str, state: str | None, rest: str, level: str) -> Agency:
    """A part of a town or county; its id has the state where that is known, for the many Springfields."""
    name = f"{place} {rest}"
    jurisdiction = f"{place}, {state}" if state else place
    return Agency(slugify(f"{jurisdiction} {rest}"), name, level, jurisdiction, branch_of(rest), place)


def _hosts(dataset: Dataset) -> Iterator[str]:
    """Hosts of the contact's address and of the landing page, which say whose record it is."""
    if dataset.contact is not None and dataset.contact.email:
        yield dataset.contact.email.rpartition("@")[2]
    if dataset.landing_page:
        try:
            yield urlsplit(dataset.landing_page).hostname or ""
        except ValueError:
            return
