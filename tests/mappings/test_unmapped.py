"""Every field that real records leave over has a reason that is written down."""

from benchmarks.unmapped import REASONS, leftovers, reason
from mappings.schemas import SCHEMAS
from tests.shared_data import SHARED, needs_shared


@needs_shared
def test_every_field_that_is_left_over_has_its_reason() -> None:
    found = leftovers(SHARED, every=3)
    assert sum(records for records, _ in found.values()) > 5_000
    without = [(s, field) for s, (_, fields) in found.items() for field in fields if reason(s, field) is None]
    assert without == []


def test_reasons_are_of_schemas_that_there_are() -> None:
    assert set(REASONS) <= set(SCHEMAS)
    assert all(len(why) > 5 for reasons in REASONS.values() for why in reasons.values())


def test_a_fields_own_reason_goes_before_that_of_a_pattern() -> None:
    assert reason("dcat-ap", "dcat:identifier") != reason("dcat-ap", "dcat:anything")
    assert reason("fgdc", "nosuchfield") is None
