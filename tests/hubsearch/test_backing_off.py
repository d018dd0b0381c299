"""A portal that is down keeps its records, and is asked again later and later, or when it says itself."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from harvesters.portal import Portal
from hubsearch.cli.progress import Silence
from hubsearch.harvesting import harvest
from hubsearch.hub import Hub, open_hub
from hubsearch.settings import read_settings
from hubsearch.work.due import job_of
from hubsearch.work.portals_watch import plan
from index.store.leases import Job
from tests.portals import Answer, StaticPortal
from tests.portals.feeds import body

NOW = datetime(2026, 3, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def job_after(hub: Hub, portal: Portal) -> Job:
    """The job of a source after one more harvest, and after a worker has planned anew."""
    harvest(hub, [portal], Silence())
    plan(hub, {job_of(portal.id): portal})
    job = hub.store.jobs.get(job_of(portal.id))
    assert job is not None
    return job


def test_what_is_down_is_kept_and_asked_again_later_each_time_or_when_it_says(tmp_path: Path) -> None:
    down = Answer(b"maintenance", 503)
    busy = Answer(b"", 429, {"Retry-After": "259200"})
    settings = read_settings({"HUBSEARCH_HOME": str(tmp_path / "hub"), "HUBSEARCH_NOW": NOW.isoformat()})
    script: list[Answer] = [Answer(body("a", 3)), *[down] * 8, busy, down]
    with StaticPortal({"/data.json": script}) as loopback, open_hub(settings) as hub:
        portal = Portal("a", "dcat-us", loopback.url, allow_private=True, run_budget=60)
        assert job_after(hub, portal).trouble is None
        pauses = []
        for attempt in (1, 2):
            job = job_after(hub, portal)
            assert job.attempts == attempt
            assert "503" in (job.trouble or "")
            assert job.due_at is not None
            pauses.append(job.due_at - NOW)
        assert 4 * MINUTE < pauses[0] <= 5 * MINUTE < pauses[1] <= 10 * MINUTE
        waiting = job_after(hub, portal)
        assert waiting.due_at == NOW + timedelta(days=3), "longer than a day, and than the budget"
        assert len(loopback.seen) == 1 + 4 + 4 + 1
        assert hub.store.record_counts() == {"a": 3}


def test_half_a_move_waits_for_a_person_and_is_fetched_again_soon(tmp_path: Path) -> None:
    settings = read_settings({"HUBSEARCH_HOME": str(tmp_path / "hub"), "HUBSEARCH_NOW": NOW.isoformat()})
    moved = body("a", 12).replace(b'"a-', b'"b-').replace(b"by inspection.", b"by inspection and year.")
    script = [Answer(body("a", 12)), Answer(moved[:-9]), Answer(moved)]
    with StaticPortal({"/data.json": script}) as loopback, open_hub(settings) as hub:
        portal = Portal("a", "dcat-us", loopback.url, allow_private=True, run_budget=60)
        job_after(hub, portal)
        before = {record.dataset.title: record.id for record in hub.store.live_records()}
        job = job_after(hub, portal)
        held = hub.store.runs(source="a", limit=1)[0]
        assert (held.status, held.slug, held.complete) == ("held", "half-a-move", False)
        assert job.due_at is not None
        assert job.due_at - NOW <= 5 * MINUTE
        assert "harvest again" in (job.trouble or "").lower()
        assert job_after(hub, portal).trouble is None
        after = hub.store.live_records()
        assert {record.dataset.title: record.id for record in after} == before
        assert hub.store.run(held.id).decision == "overtaken"
