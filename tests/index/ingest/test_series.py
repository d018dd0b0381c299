"""Histories of real feeds, played harvest by harvest."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson
import pytest

from index.ingest import Mapper, Run, approve, ingest
from index.store import Source, Store
from mappings import schemas
from mappings.signature import title_key
from mappings.source_record import SourceRecord
from tests.index.ingest.support import Feed, days, dump, numbers
from tests.shared_data import load, load_lines, needs_shared

pytestmark = needs_shared

SERIES = "arcgis-hub/series"
POPE = f"{SERIES}/05b-27121_pope-county-minnesota"
HISTORY = "socrata-discovery-history"

Play = Callable[..., Run]


@pytest.fixture
def play(store: Store) -> Play:
    """Harvest one file of a source on a day, with the real crosswalks."""
    mapper = replace(Mapper.standard(), processes=0)

    def harvest(relative: str, day: float, **settings: Any) -> Run:
        source = Source("portal", "dcat-us", "https://portal.example", "Portal", **settings)
        store.put_source(source)
        return ingest(store, source, feed(relative), now=days(day), mapper=mapper)

    return harvest


def feed(relative: str) -> Feed:
    """A file as its harvester would spool it."""
    if relative.endswith(".jsonl"):
        return Feed([described("socrata-discovery", item) for item in load_lines(relative)])
    return Feed([described("dcat-us-1.1", item) for item in load(relative)["dataset"]])


def described(schema: str, item: Any) -> SourceRecord:
    light = schemas.describe(schema, item)
    return SourceRecord(
        source="portal",
        identifier=light.identifier,
        schema=schema,
        payload=orjson.dumps(item),
        url="https://portal.example",
        digest=light.digest,
        version=light.version,
        views=light.views,
        downloads=light.downloads,
        trouble=schemas.trouble(schema, item),
    )


def live(store: Store) -> int:
    return store.record_counts().get("portal", 0)


def test_pope_county_s_empty_feed_is_held_and_its_new_names_too(store: Store, play: Play) -> None:
    assert numbers(play(f"{POPE}/20200207.data.json", 0)) == {"fetched": 40, "added": 40}
    empty = play(f"{POPE}/20200306.data.json", 28)
    assert (empty.status, empty.slug, empty.missing) == ("held", "no-records", 40)
    back = play(f"{POPE}/20200804.data.json", 179)
    assert (back.status, back.slug, back.missing) == ("held", "too-many-missing", 10)
    for number, (date, missing) in enumerate((("20200918", 19), ("20210716", 24), ("20220417", 34))):
        fewer = play(f"{POPE}/{date}.data.json", 224 + 300 * number)
        assert (fewer.status, fewer.slug, fewer.missing) == ("held", "too-many-missing", missing)
        assert fewer.renamed == 40 - missing
    assert live(store) == 40
    assert all(record.missing_since is None for record in store.live_records())


def test_pope_county_s_new_names_land_when_an_operator_approves(store: Store, play: Play) -> None:
    play(f"{POPE}/20200207.data.json", 0)
    before = {record.id for record in store.live_records()}
    held = play(f"{POPE}/20200918.data.json", 224)
    spool = feed(f"{POPE}/20200918.data.json")
    run = approve(store, held.id, spool, now=days(225), mapper=Mapper.standard())
    assert (run.added, run.renamed, run.deleted, live(store)) == (37, 21, 19, 58)
    assert len(before & {record.id for record in store.live_records()}) == 21
    assert play(f"{POPE}/20200918.data.json", 226).unchanged == 58


def test_hubbard_county_s_feed_that_ended_for_good_waits_for_a_person(store: Store, play: Play) -> None:
    folder = f"{SERIES}/05b-27057_hubbard-county-minnesota"
    play(f"{folder}/20200508.data.json", 0)
    for day in (31, 62):
        assert play(f"{folder}/20200608.data.json", day).status == "held"
    assert live(store) == 5


@pytest.mark.parametrize(
    ("before", "after", "renamed"),
    [
        ("01b-18163_evansville-vanderburgh-county-indiana/20200804", "20200918", 59),
        ("09c-01_south-bend-indiana/20200804", "20200918", 83),
        ("10c-03_city-of-madison-wisconsin/20211231", "20220130", 162),
        ("10c-03_city-of-madison-wisconsin/20220327", "20220417", 150),
        ("07c-01_detroit-michigan/20211231", "20220130", 158),
    ],
)
def test_a_hub_that_renames_everything_keeps_its_public_ids(
    store: Store, play: Play, before: str, after: str, renamed: int
) -> None:
    before = f"{SERIES}/{before}.data.json"
    after = f"{before.rpartition('/')[0]}/{after}.data.json"
    first = play(before, 0)
    names = {record.id: record.identifier for record in store.live_records()}
    run = play(after, 45)
    assert (run.status, run.renamed) == ("ok", renamed)
    now = {record.id: record for record in store.live_records()}
    assert now.keys() >= names.keys()
    assert sum(now[id_].identifier != name for id_, name in names.items()) == renamed
    assert {now[id_].first_identifier for id_ in names} == set(names.values())
    back = play(before, 46)
    assert (back.status, back.renamed) == ("ok", renamed)
    assert {record.id: record.identifier for record in store.live_records() if record.id in names} == names
    assert first.added == len(names)


def test_detroit_s_move_from_socrata_to_arcgis_hub_keeps_the_titles_that_stayed(
    store: Store, play: Play
) -> None:
    play("socrata-datajson/2019-2020/detroit-mi_20190426.data.json", 0)
    before = {record.id: record.dataset.title for record in store.live_records()}
    held = play("socrata-datajson/2019-2020/detroit-mi_20200414.data.json", 354)
    assert (held.status, held.renamed, held.missing) == ("held", 52, 141)
    spool = feed("socrata-datajson/2019-2020/detroit-mi_20200414.data.json")
    approve(store, held.id, spool, now=days(355), mapper=Mapper.standard())
    same = {record.id: record.dataset.title for record in store.live_records() if record.id in before}
    assert len(same) == 52
    assert sum(title_key(title) == title_key(before[id_]) for id_, title in same.items()) == 52


def test_another_year_s_ordinance_of_the_same_title_is_another_dataset(store: Store, play: Play) -> None:
    folder = f"{SERIES}/09c-01_south-bend-indiana"
    play(f"{folder}/20200918.data.json", 0)
    held = play(f"{folder}/20211231.data.json", 469)
    approve(store, held.id, feed(f"{folder}/20211231.data.json"), now=days(470), mapper=Mapper.standard())
    ordinances = [r for r in store.live_records() if r.dataset.title.startswith("Salary Ordinance")]
    assert len(ordinances) == 8
    assert all(record.identifier == record.first_identifier for record in ordinances)


def test_a_feed_once_cut_off_at_a_thousand_grows(store: Store, play: Play) -> None:
    folder = f"{SERIES}/04c-01_district-of-columbia"
    first = play(f"{folder}/20190524.data.json", 0)
    second = play(f"{folder}/20190904.data.json", 103)
    assert first.fetched == 1000
    assert second.fetched == 1235
    assert live(store) == first.added + second.added - second.deleted


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (
            ["federal-2025-history/energy.20250201T1434", "federal-2025-history/energy.20250204T0138"],
            {"fetched": 480, "unchanged": 480},
        ),
        (
            ["federal-2025-history/energy.20250204T0138", "federal-2025/energy"],
            {"fetched": 482, "added": 2, "unchanged": 480},
        ),
        (
            ["federal-2025-history/cms.20250131T0229", "federal-2025/cms"],
            {"fetched": 139, "updated": 1, "unchanged": 138},
        ),
    ],
)
def test_a_federal_feed_days_later_is_hardly_changed(
    store: Store, play: Play, files: list[str], expected: dict[str, int]
) -> None:
    play(f"dcat-us/{files[0]}.data.json", 0)
    before, mark = dump(store), store.last_sequence()
    assert numbers(play(f"dcat-us/{files[1]}.data.json", 3)) == expected
    assert store.last_sequence() == mark + expected.get("added", 0) + expected.get("updated", 0)
    if expected.get("unchanged") == expected["fetched"]:
        assert dump(store) == before


def test_healthdata_drops_a_record_takes_it_back_and_drops_another(store: Store, play: Play) -> None:
    folder = "dcat-us/healthdata-4-days"
    runs = [
        play(f"{folder}/HealthData.gov_2020-01-0{day}.data.json", day - 1, grace_days=1)
        for day in range(1, 5)
    ]
    assert [numbers(run) for run in runs] == [
        {"fetched": 5, "added": 5},
        {"fetched": 5, "unchanged": 5},
        {"fetched": 4, "updated": 1, "unchanged": 3, "missing": 1},
        {"fetched": 4, "updated": 2, "unchanged": 2, "missing": 1},
    ]
    missing = {r.identifier: r.missing_since for r in store.live_records() if r.missing_since}
    assert missing == {"249": days(3)}  # 250, which was missing the day before, is back


def test_cambridge_s_truncated_harvests_are_held(store: Store, play: Play) -> None:
    dates = ["20220607T2352", "20220619T0307", "20220630T0307", "20220711T1430"]
    runs = [play(f"{HISTORY}/data.cambridgema.gov.{date}.jsonl", 10 * n) for n, date in enumerate(dates)]
    assert [run.fetched for run in runs] == [61, 42, 2, 64]
    assert [run.status for run in runs] == ["ok", "held", "held", "ok"]
    assert [store.run(run.id).decision for run in runs] == [None, "overtaken", "overtaken", None]
    assert live(store) == runs[0].added + runs[3].added


def test_connecticut_s_truncated_harvest_is_held(store: Store, play: Play) -> None:
    first = play(f"{HISTORY}/data.ct.gov.20220607T2352.jsonl", 0)
    assert numbers(first) == {"fetched": 204, "added": 199, "duplicate": 5}
    second = play(f"{HISTORY}/data.ct.gov.20220629T1435.jsonl", 22)
    assert (second.fetched, second.status, second.slug) == (14, "held", "too-many-missing")
    assert live(store) == first.added
