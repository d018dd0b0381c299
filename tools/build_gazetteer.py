"""Make mappings/gazetteer.csv.gz: states, counties and towns of the United States with codes and boxes.

    python tools/build_gazetteer.py ../shared/data/gazetteer counties-10m.json

States (FIPS codes, boxes) and the full names of counties come from the tables of geobtaa/harvest-operations;
counties' FIPS codes and outlines from the Census Bureau's cartographic boundaries of 2017 (public domain), as
TopoJSON in the npm package `us-atlas` 3; towns with county and point from kelvins/US-Cities-Database (MIT,
copyright 2014 Kelvin S. do Prado).

One row a place: kind, id, name, state, county codes, west, south, east, north. A town has no outline in these
sources: its box is that of its county where the two are one (`ONE_WITH_COUNTY`, independent cities), else a
square around its point.
"""

import csv
import gzip
import io
import json
import re
import statistics
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parent.parent / "mappings" / "gazetteer.csv.gz"
HALF_SIDE = 0.05
"""Degrees, some five kilometres: half the side of the square around a town's point."""

ONE_WITH_COUNTY = {
    ("CA", "San Francisco"): ["06075"],
    ("CO", "Denver"): ["08031"],
    ("CO", "Broomfield"): ["08014"],
    ("DC", "Washington"): ["11001"],
    ("FL", "Jacksonville"): ["12031"],
    ("LA", "New Orleans"): ["22071"],
    ("MA", "Nantucket"): ["25019"],
    ("MD", "Baltimore"): ["24510"],
    ("MO", "Saint Louis"): ["29510"],
    ("NV", "Carson City"): ["32510"],
    ("NY", "New York"): ["36005", "36047", "36061", "36081", "36085"],
    ("NY", "Brooklyn"): ["36047"],
    ("NY", "Bronx"): ["36005"],
    ("NY", "Staten Island"): ["36085"],
    ("PA", "Philadelphia"): ["42101"],
}
TYPES = ("County", "Parish", "Borough", "Census Area", "Municipality", "City and Borough", "City")
USUAL_TYPE = {"LA": "Parish", "PR": "Municipio", "AK": "Borough"}
"""What counties are called that the table of full names lacks."""
FULL_NAMES = {"Mc ": "Mc", "Saint ": "St. ", "Sainte ": "Ste. "}

Box = tuple[float, float, float, float]


def key(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]", "", re.sub(r"\bsaint\b", "st", re.sub(r"\bsainte\b", "ste", plain)))


def slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def states(folder: Path) -> dict[str, tuple[str, str, Box]]:
    """FIPS, name and box by USPS code."""
    found = {}
    with (folder / "us_states_bbox_fips.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            west, south, east, north = map(float, row["Bounding Box"].split(","))
            if row["STUSPS"] == "AK":
                west, east = 172.4, -129.98  # the Aleutians lie across the antimeridian
            found[row["STUSPS"]] = (row["GEOID"].zfill(2), row["Label"], (west, south, east, north))
    return found


def full_names(folder: Path) -> dict[tuple[str, str], str]:
    """`Terrebonne Parish` by state and bare name, as keys."""
    found = {}
    csv.field_size_limit(10**9)
    with gzip.open(folder / "us_counties_bbox.csv.gz", "rt", encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            state, _, name = row["County"].partition("--")
            bare = next((name.removesuffix(f" {kind}") for kind in TYPES if name.endswith(f" {kind}")), name)
            found[key(state), key(bare)] = name
    return found


def outlines(atlas: dict[str, Any]) -> Iterator[tuple[str, str, Box]]:
    """FIPS code, bare name and box of each county."""
    (dx, dy), (x0, y0) = atlas["transform"]["scale"], atlas["transform"]["translate"]
    arcs = []
    for arc in atlas["arcs"]:
        x = y = 0
        points = []
        for step in arc:
            x, y = x + step[0], y + step[1]
            points.append((x * dx + x0, y * dy + y0))
        arcs.append(points)
    for county in atlas["objects"]["counties"]["geometries"]:
        points = [point for arc in _flat(county["arcs"]) for point in arcs[arc if arc >= 0 else ~arc]]
        yield county["id"], county["properties"]["name"], around(points)


def _flat(arcs: Any) -> Iterator[int]:
    for item in arcs:
        if isinstance(item, list):
            yield from _flat(item)
        else:
            yield item


def around(points: list[tuple[float, float]]) -> Box:
    """The box of some points; from east to west where they lie on both sides of the antimeridian."""
    longitudes, latitudes = [x for x, _ in points], [y for _, y in points]
    west, east = min(longitudes), max(longitudes)
    if east - west > 180:
        west, east = min(x for x in longitudes if x > 0), max(x for x in longitudes if x < 0)
    return west, min(latitudes), east, max(latitudes)


def towns(folder: Path) -> dict[tuple[str, str], list[tuple[str, float, float]]]:
    """County, longitude and latitude of every mention, by state and name."""
    found = defaultdict(list)
    with gzip.open(folder / "us_cities.csv.gz", "rt", encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            name = " ".join(row["CITY"].split())
            for begin, written in FULL_NAMES.items():
                if name.startswith(begin) and begin == "Mc ":
                    name = written + name.removeprefix(begin)
            found[row["STATE_CODE"], name].append(
                (row["COUNTY"], float(row["LONGITUDE"]), float(row["LATITUDE"]))
            )
    return found


def rows(folder: Path, atlas: dict[str, Any]) -> Iterator[tuple[object, ...]]:
    by_code = states(folder)
    by_fips = {fips: code for code, (fips, _, _) in by_code.items()}
    names = full_names(folder)
    counties: dict[str, Box] = {}
    codes: dict[tuple[str, str], str] = {}
    for code, (fips, name, box) in sorted(by_code.items()):
        yield "state", f"fips-{fips}", name, code, "", *_rounded(box)
    for fips, bare, box in sorted(outlines(atlas)):
        counties[fips] = box
        code = by_fips.get(fips[:2])
        if code is None or code == "DC":
            continue
        independent = code in ("VA", "MD", "MO", "NV") and fips[2:] >= "510"
        known = names.get((key(by_code[code][1]), key(bare)))
        name = bare if independent else known or f"{bare} {USUAL_TYPE.get(code, 'County')}"
        codes.setdefault((code, key(bare)), fips)
        if not independent:
            yield "county", f"fips-{fips}", name, code, fips, *_rounded(box)
        else:
            ONE_WITH_COUNTY[code, bare.replace("St. ", "Saint ")] = [fips]
    for (code, name), places in sorted(towns(folder).items()):
        own = ONE_WITH_COUNTY.get((code, name))
        if own is not None and all(fips in counties for fips in own):
            boxes = [counties[fips] for fips in own]
            whole = around(
                [corner for west, south, east, north in boxes for corner in ((west, south), (east, north))]
            )
        else:
            x, y = (statistics.median(place[i] for place in places) for i in (1, 2))
            whole = x - HALF_SIDE, y - HALF_SIDE, x + HALF_SIDE, y + HALF_SIDE
        within = sorted({fips for county, _, _ in places if (fips := codes.get((code, key(county))))})
        yield "town", f"us-{code.lower()}-{slug(name)}", name, code, " ".join(own or within), *_rounded(whole)


def _rounded(box: Box) -> tuple[str, ...]:
    return tuple(f"{side:.2f}" for side in box)


if __name__ == "__main__":
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows(rows(Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))))
    if '"' in out.getvalue():
        sys.exit("a name holds a comma or a quote, and mappings/gazetteer.py splits lines at commas")
    TARGET.write_bytes(gzip.compress(out.getvalue().encode(), mtime=0))
