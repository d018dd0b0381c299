"""The numbers of a plan, and the equation they must keep."""

from dataclasses import dataclass

from index.ingest.errors import IngestError


@dataclass(slots=True)
class PlanCounts:
    """What is to happen to the records of a run.

    `usable` counts different records with an identifier and without trouble, `unidentified` those without a
    usable identifier, `previous` the live records before the run, `missing` those of them it lacks. `unknown`
    are the added ones that no stored record is called like, `doubtful` those that a complete run
    might recognise as stored ones. `fallen` are live records that the portal's rules leave out as they came
    now, and did not as they came before. `settled`: a complete run has landed before.
    """

    fetched: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    renamed: int = 0
    duplicate: int = 0
    filtered: int = 0
    quarantined: int = 0
    missing: int = 0
    previous: int = 0
    usable: int = 0
    unidentified: int = 0
    unknown: int = 0
    doubtful: int = 0
    fallen: int = 0
    settled: bool = False

    def check(self) -> None:
        """Raises IngestError unless every fetched record is accounted for exactly once."""
        accounted = (
            self.added
            + self.updated
            + self.unchanged
            + self.renamed
            + self.duplicate
            + self.filtered
            + self.quarantined
        )
        if accounted != self.fetched:
            raise IngestError(
                f"{self.fetched:,} records were fetched but {accounted:,} are accounted for ({self}); "
                "this is a fault of hubsearch, please report it"
            )
