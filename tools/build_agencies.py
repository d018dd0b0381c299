"""Make mappings/agencies_federal.toml and mappings/agency_domains.csv.gz from CISA's .gov register (CC0).

    python tools/build_agencies.py ../shared/data/registries

The register is cisagov/dotgov-data: the list of agencies and bureaus, and every .gov name with its owner.
"""

import csv
import gzip
import io
import sys
from pathlib import Path

MAPPINGS = Path(__file__).parent.parent / "mappings"

BUDGET_ONLY = (
    "fund", "allowances", "programs", "management", "departmental", "buildings and", "interest on", "other",
    "joint items", "military retirement", "cemeterial", "educational benefits", "retiree", "payments",
    "assistance", "military sales", "compensation", "standard setting", "energy programs", "activities",
    "executive operations", "general administration", "analysis and operations", "science and technology",
    "housing supply", "army", "air force", "defense-wide", "navy", "allocation", "recovery", "insular",
    "administration of foreign affairs", "international", "legal activities", "interagency", "project",
)  # fmt: skip
"""Beginnings and words of the budget's accounts, which the list holds among the agencies."""

MANY_HAVE = (
    "office of inspector general", "office of the inspector general", "office of the secretary",
    "office of chief", "office of civil rights", "office of the general counsel", "office of the solicitor",
    "rural development", "senate", "house of representatives", "judicial branch", "capitol police",
    "postal service",
)  # fmt: skip
"""Offices of which every department, or every state, has one."""

LEVELS = {"Federal": "federal", "State or territory": "state", "County": "county", "City": "city"}
"""By the register's type; the others (tribes, districts, bodies of several states) are of no one level."""


def agencies(registry: Path) -> str:
    """One line an agency, `name = department above it`, an empty text for those at the top."""
    found: dict[str, str] = {}
    with (registry / "dotgov_agencies-and-subs.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            above = " ".join(row["Agency"].split())
            below = " ".join((row["Bureau"] or "").split()).strip(" ,")
            found.setdefault(above, "")
            if below and below != above:
                found.setdefault(below, above)
    lines = [
        f'"{name}" = "{above}"'
        for name, above in sorted(found.items())
        if '"' not in name and "District of Columbia" not in (name, above) and not _no_agency(name)
    ]
    head = "# Federal agencies and the department above each. Made by tools/build_agencies.py from CISA's\n"
    return head + "# .gov register (cisagov/dotgov-data, CC0); do not edit.\n" + "\n".join(lines) + "\n"


def _no_agency(name: str) -> bool:
    lower = name.casefold()
    if lower.startswith("department of") or lower == "corps of engineers--civil works":
        return False
    return lower.startswith((*BUDGET_ONLY, *MANY_HAVE)) or lower.endswith(
        (" fund", " funds", " programs", " account")
    )


def domains(registry: Path) -> bytes:
    """CSV without a head: domain, level, state, owner. A federal owner is the bureau where one is named."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    with gzip.open(registry / "dotgov_current-full.csv.gz", "rt", encoding="utf-8-sig", newline="") as file:
        for row in sorted(csv.DictReader(file), key=lambda row: row["Domain name"]):
            level = LEVELS.get(row["Domain type"].split(" - ")[0], "other")
            state = "" if level == "federal" else row["State"]
            owner = (level == "federal" and row["Suborganization name"]) or row["Organization name"]
            name = row["Domain name"].lower().removesuffix(".gov")
            writer.writerow([name, level, state, " ".join(owner.split())])
    return gzip.compress(out.getvalue().encode(), mtime=0)


if __name__ == "__main__":
    register = Path(sys.argv[1])
    (MAPPINGS / "agencies_federal.toml").write_text(agencies(register), encoding="utf-8")
    (MAPPINGS / "agency_domains.csv.gz").write_bytes(domains(register))
