"""The demo's players: each answers as its platform does, its limits included."""

import json
import re
from typing import Any

import pytest

from hubsearch.demo.platforms import platform_of
from hubsearch.demo.player import Answer, Asked
from hubsearch.demo.portals import sample_entries

ROOT = "http://127.0.0.1:1"


def ask(kind: str, path: str, **parameters: str) -> Answer:
    """What the first portal of a type answers."""
    entry = next(entry for entry in sample_entries() if entry["type"] == kind)
    return platform_of(entry)(Asked(path, parameters, ROOT))


def told(answer: Answer) -> Any:
    assert answer.status == 200
    return json.loads(answer.body)


def test_ckan_pages_by_start_and_rows_and_gives_ten_if_not_asked() -> None:
    path = "/api/3/action/package_search"
    whole = told(ask("ckan", path, rows="1000"))["result"]
    assert len(whole["results"]) == whole["count"] == 8
    second = told(ask("ckan", path, rows="3", start="3"))["result"]["results"]
    assert second == whole["results"][3:6]
    assert told(ask("ckan", path, start="8"))["result"]["results"] == []
    names = told(ask("ckan", "/api/3/action/package_list"))["result"]
    assert names == [package["name"] for package in whole["results"]]


def test_socrata_scrolls_behind_an_id_and_refuses_what_it_refuses() -> None:
    path = "/api/catalog/v1"
    first = told(ask("socrata", path, limit="5"))["results"]
    after = str(first[1]["resource"]["id"])
    assert told(ask("socrata", path, limit="3", scroll_id=after))["results"] == first[2:5]
    assert ask("socrata", path, limit="100", offset="9950").status == 400
    assert ask("socrata", path, scroll_id=after, order="name").status == 400


def test_a_folder_of_folders_leads_to_every_file() -> None:
    def files(path: str) -> list[str]:
        page = ask("waf", path).body.decode()
        links = [path + name for name in re.findall('href="([^"?.][^"?]*)"', page)]
        return [file for link in links for file in (files(link) if link.endswith("/") else [link])]

    found = files("/")
    assert len(found) == 5
    assert all(ask("waf", path).body.startswith(b"<?xml") for path in found)


def test_a_site_names_its_sitemap_and_the_sitemap_its_pages() -> None:
    named = re.search(r"Sitemap: (\S+)", ask("landing-pages", "/robots.txt").body.decode())
    assert named is not None
    listed = re.findall("<loc>([^<]+)</loc>", ask("landing-pages", named[1].removeprefix(ROOT)).body.decode())
    assert f"{ROOT}/" in listed
    assert len(listed) == 5
    assert {ask("landing-pages", url.removeprefix(ROOT)).status for url in listed} == {200}


@pytest.mark.parametrize(
    "kind", ["ckan", "socrata", "waf", "landing-pages", "register", "arcgis-hub", "dcat-us"]
)
def test_what_is_not_there_is_not_found(kind: str) -> None:
    assert ask(kind, "/nothing/here").status == 404
