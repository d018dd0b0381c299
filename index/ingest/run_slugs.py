"""What the ingest says about a run: every slug of a verdict, what it means, and what an operator does.

The slugs of fetches that did not get everything are the harvesters' (`harvesters.run_slugs`).
"""

from types import MappingProxyType

from mappings.slugs import Slug

VERDICTS = MappingProxyType(
    {
        "no-records": Slug(
            "held: no record, or none that can be used",
            "open the URL; `approve` only if the portal has really closed",
        ),
        "below-expected-minimum": Slug(
            "held: fewer usable records than expected_minimum",
            "look at the portal; `approve`, or correct the entry if it has become smaller",
        ),
        "too-many-missing": Slug(
            "held: more of the stored records are missing than a run may lose (max_delete)",
            "look at the portal; `approve` if they are really gone, else `reject`",
        ),
        "half-a-move": Slug(
            "held: the run is not complete, and most of its records have identifiers that are not known; "
            "landed, records that the portal only renamed would get new addresses",
            "wait for a complete run, which recognises them; `approve` adds all as new and removes nothing",
        ),
        "too-many-new": Slug(
            "held: more than 100,000 new records, and more than ten times those stored",
            "look at the portal; `approve` if it has really grown so much, else `reject`",
        ),
        "missing-identifier": Slug(
            "records without an identifier might be any of those that seem to be gone; nothing counts as "
            "missing",
            "tell the portal's operator",
        ),
        "mostly-unusable": Slug(
            "incomplete: no record, or less than half of those stored, came in a form that can be taken; the "
            "stored versions stay",
            "`runs show` lists why; tell the portal's operator",
        ),
        "unreadable-input": Slug(
            "failed: what was fetched cannot be read to its end", "check the disk, then harvest again"
        ),
        "no-mapping": Slug(
            "failed: more than 20 of the processes that map its records died, or none could be started",
            "look for a lack of memory, then harvest again; report records that kill them",
        ),
        "interrupted": Slug(
            "failed: the process ended before the run did; what it had written stays", "harvest again"
        ),
    }
)
