"""The vocabulary of federal agencies by name; read when needed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from mappings import vocabulary
from mappings.agency_names import begins_with, name_key
from mappings.text import slugify


@dataclass(frozen=True, slots=True)
class Agency:
    """A publisher as all portals call it. `jurisdiction` is whom it serves; `aliases` are read everywhere,
    the acronym only among its like. `parent` is the name of the agency above."""

    id: str
    name: str
    level: str | None = None
    jurisdiction: str | None = None
    branch: str | None = None
    parent: str | None = None
    acronym: str | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Federal:
    """Federal agencies by key: `plain` are read everywhere, `shared` where something says federal."""

    plain: Mapping[str, Agency]
    shared: Mapping[str, Agency]


UNITED_STATES = "United States"
_JUDICIAL = ("court", "judicial", "judiciary", "sentencing")
_LEGISLATIVE = (
    "legislat", "congress", "general assembly", "city council", "government accountability",
    "government publishing",
)  # fmt: skip


def branch_of(name: str) -> str | None:
    """The branch a name shows; executive only where it calls itself a department or an executive office."""
    lower = f" {name.casefold()} "
    if any(f" {word}" in lower for word in _JUDICIAL):
        return "judicial"
    if any(word in lower for word in _LEGISLATIVE):
        return "legislative"
    return "executive" if "department" in lower or "executive office" in lower else None


@cache
def federal() -> Federal:
    """The register's list, with acronyms and aliases."""
    everywhere: dict[str, Agency] = {}
    among: dict[str, Agency] = {}
    shared = {name_key(name) for name in vocabulary.load("agencies")["shared"]}
    alone = {name_key(name) for name in vocabulary.load("agencies")["unmistakable"]}
    for register_name, agency in _federal_agencies():
        for name in (register_name, agency.name):
            key = name_key(name).removeprefix("us ")
            common = begins_with(("of_any_government", "of_local_government"), key) or key in shared
            (among if common and key not in alone else everywhere).setdefault(key, agency)
        for alias in agency.aliases:
            everywhere.setdefault(name_key(alias), agency)
        if agency.acronym:
            among.setdefault(name_key(agency.acronym), agency)
    return Federal(everywhere, among)


def _federal_agencies() -> Iterator[tuple[str, Agency]]:
    words = vocabulary.load("agencies")
    listed: dict[str, str] = vocabulary.load("agencies_federal")
    rows: dict[str, dict[str, Any]] = {name: {"parent": above} for name, above in listed.items()}
    for name, row in [*words["federal"].items(), *words["federal_more"].items()]:
        rows[name] = {**rows.get(name, {}), **row}
    for register_name, row in rows.items():
        name = row.get("name", register_name)
        yield (
            register_name,
            Agency(
                id=slugify(f"us-{name.removeprefix('U.S. ').removeprefix('United States ')}"),
                name=f"U.S. {name}" if name.startswith("Department of ") else name,
                level="federal",
                jurisdiction=UNITED_STATES,
                branch=branch_of(name) or "executive",
                parent=row.get("parent") or None,
                acronym=row.get("acronym"),
                aliases=tuple(row.get("aliases", ())),
            ),
        )
