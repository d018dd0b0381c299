"""Portions of the records to be read whole, that fit a transaction and the memory."""

from collections.abc import Iterator

from index.ingest.batches import portions
from index.ingest.errors import UnreadableInput
from index.ingest.mapper import Job
from index.ingest.plan import Plan, Work
from index.ingest.run_input import RunInput, records
from mappings.source_record import SourceRecord


def chunks(plan: Plan, run_input: RunInput) -> Iterator[list[Job]]:
    """The records the plan wants whole, in the run's order. Raises UnreadableInput."""
    return portions(_jobs(plan, run_input))


def _jobs(plan: Plan, run_input: RunInput) -> Iterator[Job]:
    tasks = plan.work()
    task = next(tasks, None)
    if task is None:
        return
    for position, record in enumerate(records(run_input)):
        if position == task.position:
            yield _job(task, record)
            task = next(tasks, None)
            if task is None:
                return
    raise UnreadableInput("the run gave fewer records at the second reading; harvest again")


def _job(task: Work, record: SourceRecord) -> Job:
    return Job(
        position=task.position,
        id=task.id,
        identifier=task.identifier,
        schema=record.schema,
        url=record.url,
        digest=record.digest,
        payload=record.payload,
        views=record.views,
        downloads=record.downloads,
        trouble=task.trouble,
        former=task.former,
    )
