"""The demo: the bundled sample through the ordinary code path, and what a person can do with it."""

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

from hubsearch.demo.portals import sample_entries
from tests.conftest import ROOT, Outcome, run_command


def test_the_sample_is_a_small_state_of_four_levels_and_seven_types(demo_home: Path) -> None:
    runs = run_command(demo_home, "runs", "--json").json
    assert {run["source"] for run in runs} == {entry["id"] for entry in sample_entries()}
    assert all(run["status"] == "ok" and run["complete"] and run["added"] for run in runs)
    types = Counter(entry["type"] for entry in sample_entries())
    assert types["socrata"] >= 2
    assert types["dcat-us"] >= 2
    assert {"ckan", "arcgis-hub", "waf", "landing-pages", "register"} <= set(types)
    told = f"a small state of {len(runs)} bundled portals"
    assert told in (ROOT / "README.md").read_text(encoding="utf-8")
    found = run_command(demo_home, "search", "", "--facets", "--json").json
    assert {value["value"] for value in found["facets"]["level"]} == {"federal", "state", "county", "city"}
    assert found["total"] >= 2_000


def test_a_row_of_a_register_makes_a_feed_a_dataset(demo_home: Path) -> None:
    first = run_command(demo_home, "search", "traffic incidents connecticut", "--json").json["results"][0]
    shown = run_command(demo_home, "record", "show", first["id"], "--json").json
    assert shown["publisher"]["name"] == "Connecticut Department of Transportation"
    assert [(offer["kind"], offer["format"]) for offer in shown["distributions"]] == [("api", "XML")]


def test_what_people_follow_from_a_record_never_leads_to_the_player(demo_home: Path) -> None:
    """It is gone when the harvest is."""
    feed = json.loads((demo_home / "feeds" / "data.json").read_bytes())
    local = [dataset["title"] for dataset in feed["dataset"] if "127.0.0.1" in _addresses(dataset)]
    assert local == []


def test_every_fetched_record_is_accounted_for(demo_home: Path) -> None:
    for run in run_command(demo_home, "runs", "--json").json:
        parts = ("added", "updated", "unchanged", "renamed", "duplicate", "filtered", "quarantined")
        assert run["fetched"] == sum(run[part] for part in parts), run


def test_the_demo_ends_by_saying_what_to_open_and_what_to_try(demo: tuple[Path, Outcome]) -> None:
    _, done = demo
    assert done.stdout == ""
    assert "/search?q=" in done.stderr
    assert "hubsearch search" in done.stderr


def test_harvested_again_the_sample_changes_nothing(demo_home: Path, hub_home: Path) -> None:
    shutil.copytree(demo_home, hub_home)
    assert run_command(hub_home, "demo", "--no-serve", "--quiet").status == 0
    again = run_command(hub_home, "runs", "--json").json[: len(sample_entries())]
    assert sum(run["added"] + run["updated"] + run["missing"] for run in again) == 0
    assert all(run["fetched"] == run["unchanged"] + run["duplicate"] + run["quarantined"] for run in again)


def test_a_search_finds_a_record_and_the_record_tells_where_it_came_from(demo_home: Path) -> None:
    first = run_command(demo_home, "search", "medicare hospital", "--json").json["results"][0]
    shown = run_command(demo_home, "record", "show", first["id"], "--json").json
    assert shown["title"] == first["title"]
    assert shown["provenance"]["source"] == first["source"] == "cms"
    assert shown["raw"]["title"].split() == shown["title"].split()


def test_the_exported_feed_passes_the_validator_of_data_gov(demo_home: Path, tmp_path: Path) -> None:
    out = tmp_path / "data.json"
    done = run_command(demo_home, "export", "dcat-us-1.1", "--check", "--out", str(out), "--json")
    report = done.json
    assert (done.status, report["errors"]) == (0, [])
    told = f"{report['datasets']:,} datasets; {len(report['left_out']):,} left out; 0 errors"
    assert told in (ROOT / "README.md").read_text(encoding="utf-8"), "the README's session"
    feed = json.loads(out.read_bytes())
    assert len(feed["dataset"]) == report["datasets"] > 1_000
    assert all(left["reason"] for left in report["left_out"])


def test_the_feed_is_published_with_the_harvest(demo_home: Path) -> None:
    assert len(json.loads((demo_home / "feeds" / "data.json").read_bytes())["dataset"]) > 1_000


def test_an_exact_count_stands_behind_each_facet_value(demo_home: Path) -> None:
    found = run_command(demo_home, "search", "data", "--facets", "--json").json
    for name in ("level", "format", "keyword"):
        value = found["facets"][name][0]
        narrowed = run_command(
            demo_home, "search", "data", "--filter", f"{name}={value['value']}", "--json"
        ).json
        assert narrowed["total"] == value["count"], (name, value)


def _addresses(dataset: dict[str, Any]) -> str:
    offers = dataset.get("distribution", [])
    links = [dataset.get("landingPage"), *dataset.get("references", [])]
    links += [offer.get(name) for offer in offers for name in ("downloadURL", "accessURL")]
    return " ".join(link for link in links if link)
