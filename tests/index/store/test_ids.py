"""Public ids are short, readable aloud, and the same wherever the same feed is harvested."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.ingest import ingest
from index.store import Store, ids, write
from index.store.ids import ALPHABET, LENGTH, LONGEST, longer_id, public_id
from tests.index.ingest.support import NOW, SOURCE, TOY, Feed, many


@pytest.mark.parametrize(
    ("source", "identifier", "expected"),
    [
        ("cms", "https://data.cms.gov/data-api/v1/dataset/1", "bba1qgew7meh"),
        ("cms", "CMS-é", "c5bamgx7vnj7"),
        ("fda", "CMS-é", "a3hz6ycfn27e"),
    ],
)
def test_an_id_is_the_same_for_ever(source: str, identifier: str, expected: str) -> None:
    assert public_id(source, identifier) == expected


@given(st.text(), st.text())
def test_an_id_is_twelve_characters_nobody_misreads(source: str, identifier: str) -> None:
    found = public_id(source, identifier)
    assert len(found) == LENGTH
    assert set(found) <= set(ALPHABET)
    assert not set(found) & set("ilou")


@given(st.text(), st.integers(LENGTH, LONGEST))
def test_a_longer_id_begins_with_the_shorter_one(identifier: str, length: int) -> None:
    assert public_id("a", identifier, length).startswith(public_id("a", identifier))


def test_a_hundred_thousand_records_have_a_hundred_thousand_ids() -> None:
    assert len({public_id("a", str(number)) for number in range(100_000)}) == 100_000


def test_source_and_identifier_do_not_run_into_each_other() -> None:
    assert public_id("ab", "c") != public_id("a", "bc")


def test_a_taken_id_gets_longer_until_it_is_free() -> None:
    taken = {public_id("a", "x", length) for length in (12, 13, 14)}
    assert longer_id("a", "x", taken.__contains__) == public_id("a", "x", 15)


def test_records_whose_ids_collide_all_get_one_of_their_own(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write, "public_id", lambda source, identifier: public_id(source, identifier, 1))
    monkeypatch.setattr(ids, "LENGTH", 1)
    store.put_source(SOURCE)
    ingest(store, SOURCE, Feed(many(100)), now=NOW, mapper=TOY)
    ingest(store, SOURCE, Feed(many(200)), now=NOW, mapper=TOY)
    heads = {head.identifier: head.id for head in store.heads()}
    assert len(set(heads.values())) == 200
    assert all(public_id("town", name, LONGEST).startswith(id_) for name, id_ in heads.items())
    assert max(len(id_) for id_ in heads.values()) in (2, 3)
