"""Work that is taken by leases: overdue, left by a worker that died, or failing again and again."""

from datetime import datetime, timedelta

from hubsearch.doctor.findings import Check
from hubsearch.work.upkeep import BUILD
from index.store import Store
from index.store.leases import Job

OVERDUE = timedelta(minutes=15)
"""How long a due job may wait for its turn before somebody should look: longer than most harvests take."""


def work(store: Store, now: datetime) -> list[Check]:
    """The jobs of the hub; none is there where no worker ever ran."""
    found = store.jobs.every()
    checks = [check for job in found for check in _job(job, now)]
    if checks:
        return checks
    if not found:
        return [Check("work", "ok", "no workers here: harvests are started by hand or by a timer")]
    leased = sum(job.leased for job in found)
    says = f"{len(found):,} jobs, {leased:,} of them being done, none overdue"
    return [Check("work", "ok", says, facts={"jobs": len(found), "leased": leased})]


def _job(job: Job, now: datetime) -> list[Check]:
    facts = job.as_json()
    if job.leased:
        return []
    if job.trouble is not None:
        says = f"{job.name} failed: {job.trouble} (attempt {job.attempts})"
        return [Check("work", "finding", says, "it is tried again by itself; mend the cause", facts)]
    if job.owner is not None and job.name == BUILD:
        says = f"{job.owner} built an index and was not heard of since {job.lease_until:%Y-%m-%d %H:%M:%S}"
        advice = "searches go on in the index that is there; to begin again: hubsearch index build"
        return [Check("work", "note", says, advice, facts)]
    if job.owner is not None:
        says = f"{job.owner} had {job.name} and was not heard of since {job.lease_until:%Y-%m-%d %H:%M:%S}"
        advice = "another worker takes it over; if this stays, none is running: hubsearch worker"
        return [Check("work", "finding", says, advice, facts)]
    if job.due_at is not None and now - job.due_at > OVERDUE:
        says = f"{job.name} was due at {job.due_at:%Y-%m-%d %H:%M} and nobody has taken it"
        return [Check("work", "finding", says, "start a worker: hubsearch worker", facts)]
    return []
