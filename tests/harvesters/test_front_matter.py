"""Pages of static sites: OpenDataPhilly's real files, and what is wrong with others."""

import json

import pytest

from harvesters.fetch_error import FetchError
from harvesters.front_matter import read_page
from mappings.schemas import map_record
from tests.shared_data import SHARED, needs_shared


@needs_shared
def test_all_pages_of_opendataphilly_are_read_and_mapped() -> None:
    files = sorted((SHARED / "jkan/opendataphilly").glob("*.md"))
    assert len(files) == 324
    pages = [read_page(path.read_bytes(), path.stem) for path in files]
    datasets = [map_record("jkan", json.dumps(page).encode()).dataset for page in pages]
    assert all(dataset.publisher for dataset in datasets)
    assert sum(bool(dataset.distributions) for dataset in datasets) == 323, "one has no resource"
    published = sum(bool(page["modified"]) for page in pages)
    assert sum(bool(d.modified or d.frequency) for d in datasets) >= 0.98 * published
    formats = [offer.format for d in datasets for offer in d.distributions]
    assert sum(map(bool, formats)) >= 0.95 * len(formats)


def test_tabs_are_mended_and_noted() -> None:
    page = read_page(b"---\ntitle: A\nresources:\n- name: B\t\n\turl: https://x.gov/b.csv\n---\n", "a")
    assert page["front_matter"]["resources"] == [{"name": "B", "url": "https://x.gov/b.csv"}]
    assert map_record("jkan", json.dumps(page).encode()).issues[0].slug == "lenient-yaml"


@pytest.mark.parametrize(
    ("raw", "slug"),
    [
        (b"# A page", "broken-frame"),
        (b"---\n- a\n---\n", "broken-frame"),
        (b"---\na: [\n---\n", "broken-frame"),
        (b"---\na: " + b"{a: " * 30 + b"x" + b"}" * 30 + b"\n---\n", "too-complex"),
        (b"---\n" + b"x" * 5_000_000, "too-complex"),
    ],
)
def test_what_is_no_page_is_refused(raw: bytes, slug: str) -> None:
    with pytest.raises(FetchError) as caught:
        read_page(raw, "x")
    assert caught.value.slug == slug


def test_the_text_below_is_the_description_where_there_are_no_notes() -> None:
    page = read_page("---\r\ntitle: Café\r\n---\r\nWhere they *stand*.\r\n".encode("cp1252"), "cafes")
    dataset = map_record("jkan", json.dumps(page).encode()).dataset
    assert (dataset.title, dataset.description) == ("Café", "Where they *stand*.")
