"""data.gov in the matrix: the Treasury's and OPM's catalogues as the results of its search.

No answer of the search is recorded; the form follows github.com/GSA/datagov-catalog, app/api_schemas.py.
"""

import copy
from typing import Any

from mappings.text import slugify
from tests.portals.data_gov_portal import cursor


def as_results(records: list[Any]) -> list[Any]:
    """DCAT-US records as results of the search, in the order of their slugs."""
    results = (_result(record, number) for number, record in enumerate(records))
    return sorted(results, key=lambda result: str(result["slug"]))


def _result(record: Any, number: int) -> dict[str, Any]:
    return {
        "_score": 1.0,
        "_sort": [1.0, 0, f"d{number:04}"],
        "dcat": record,
        "description": record["description"],
        "harvest_record": f"https://catalog.example.gov/harvest_record/{number}",
        "harvest_record_raw": f"https://catalog.example.gov/harvest_record/{number}/raw",
        "has_spatial": False,
        "identifier": record["identifier"],
        "keyword": record["keyword"],
        "last_harvested_date": "2026-07-31T17:27:25.113410",
        "organization": {
            "aliases": [],
            "id": "d925f84d-955b-4cb7-812f-dcfd6681a18f",
            "name": record["publisher"]["name"],
            "organization_type": "Federal Government",
            "slug": "example-gov",
        },
        "popularity": 0,
        "publisher": record["publisher"]["name"],
        "slug": f"{slugify(record['publisher']['name'])}-{number:04}",
        "spatial_centroid": None,
        "spatial_shape": None,
        "title": record["title"],
    }


def put(record: Any, name: str, value: Any) -> Any:
    """A result with one field changed in the agency's record, and not repeated beside it."""
    changed = copy.deepcopy(record)
    dcat = changed["dcat"]
    if name == "identifier":
        for part, key in ((changed, "slug"), (changed, "identifier"), (dcat, "identifier")):
            part[key] = value
            if value is None:
                del part[key]
        return changed
    if name == "link":
        dcat["landingPage"] = value
        dcat["distribution"] = [{"downloadURL": value, "title": value, "mediaType": "text/csv"}]
        return changed
    key = {"keywords": "keyword", "distributions": "distribution"}.get(name, name)
    changed.pop(key, None)
    dcat[key] = value
    if value is None:
        del dcat[key]
    return changed


def behind(query: dict[str, str], names: list[str], place: int) -> dict[str, str]:
    """The query for what comes behind so many results."""
    if not place:
        return {name: value for name, value in query.items() if name != "after"}
    return {**query, "after": cursor(0, names[place - 1], 10**9)}
