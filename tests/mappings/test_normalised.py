"""Of what real portals publish nearly everything comes out in the vocabularies.

Floors below what `python -m benchmarks.normalised` measures, over every fourth record.
"""

import pytest

from benchmarks.custom_fields import CustomFields
from benchmarks.normalised import WANTED, Shares, measure
from tests.shared_data import SHARED, needs_shared

pytestmark = needs_shared

FEW = 400
"""Values of a kind of source that are too few, or too foreign, for a share of their own."""


@pytest.fixture(scope="module")
def measured() -> tuple[Shares, dict[str, Shares], CustomFields]:
    return measure(SHARED, every=4)


@pytest.mark.parametrize("name", WANTED)
def test_shares_of_normalised_values(
    name: str, measured: tuple[Shares, dict[str, Shares], CustomFields]
) -> None:
    total, kinds, _ = measured
    assert total.of[name].all > 1_000
    assert total.of[name].value >= WANTED[name], total.of[name].left.most_common(20)
    for kind, shares in kinds.items():
        if shares.of[name].all >= FEW:
            assert shares.of[name].value >= WANTED[name], (kind, shares.of[name].left.most_common(20))


def test_most_publishers_have_a_level_without_the_portals_entry(
    measured: tuple[Shares, dict[str, Shares], CustomFields],
) -> None:
    share = measured[0].of["publishers_without_entry"]
    assert share.value > 0.9, share.left.most_common(20)


def test_agency_and_frequency_are_found_without_rules_for_the_portal(
    measured: tuple[Shares, dict[str, Shares], CustomFields],
) -> None:
    told = measured[2].report()
    assert told["domains"] > 50
    for what in ("agency", "frequency"):
        assert told[what]["holding"] > 15
        assert told[what]["not_found"] == [], told["left"]
