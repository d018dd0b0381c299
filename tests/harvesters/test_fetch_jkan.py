"""JKAN's pages read by the real child, from a zip of the repository and from an index page."""

import io
import zipfile
from pathlib import Path

import pytest

from harvesters.detect import detect
from harvesters.portal import Portal
from harvesters.types.jkan import archive_url
from tests.harvesters.fetching import harvest
from tests.portals import Answer, StaticPortal
from tests.shared_data import SHARED, needs_shared


def page(title: str) -> bytes:
    return f"---\ntitle: {title}\norganization: X\nresources: []\n---\n".encode()


def packed(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in files.items():
            archive.writestr(name, raw)
    return made.getvalue()


def index(*names: str) -> Answer:
    return Answer("".join(f'<a href="{name}">x</a>' for name in ("../", "README.md", *names)).encode())


@needs_shared
def test_opendataphilly_is_read_from_its_zip_and_from_an_index(tmp_path: Path) -> None:
    files = {path.name: path.read_bytes() for path in (SHARED / "jkan/opendataphilly").glob("*.md")}
    zipped = packed(
        {f"site-main/_datasets/{n}": raw for n, raw in files.items()} | {"site-main/README.md": b"x"}
    )
    names = {name.removesuffix(".md") for name in files}
    answers = {"/site.zip": Answer(zipped), "/d/": index(*files)} | {
        f"/d/{n}": Answer(r) for n, r in files.items()
    }
    for place in ("zip", "index"):
        (tmp_path / place).mkdir()
        with StaticPortal(dict(answers)) as portal:
            url = portal.url + ("site.zip" if place == "zip" else "d/")
            fetched = harvest(tmp_path / place, "jkan", url)
        assert fetched.verdict == (True, "", False)
        assert {record.identifier for record in fetched.records} == names
        assert not any(record.trouble for record in fetched.records)


def test_a_large_archive_is_read_whole_and_a_bad_page_costs_itself_alone(tmp_path: Path) -> None:
    files = {f"_datasets/{n}.md": page(f"Page {n}") for n in range(10_500)} | {"_datasets/bad.md": b"no"}
    with StaticPortal({"/": Answer(packed(files))}) as portal:
        fetched = harvest(tmp_path, "jkan", portal.url)
    assert fetched.verdict == (True, "", False)
    assert len(fetched.records) == 10_501
    [bad] = [record for record in fetched.records if record.trouble]
    assert (bad.identifier, bad.trouble and bad.trouble.slug) == ("bad", "unreadable-page")


def test_a_zip_is_recognised_and_a_repository_means_its_archive() -> None:
    with StaticPortal({"/s.zip": Answer(packed({"s-main/_datasets/a.md": page("A")}))}) as portal:
        found = detect(Portal("p", "", f"{portal.url}s.zip", allow_private=True))
    assert (found.type, found.url) == ("jkan", f"{portal.url}s.zip")
    archive = "https://github.com/opendataphilly/opendataphilly-jkan/archive/HEAD.zip"
    assert archive_url("https://github.com/opendataphilly/opendataphilly-jkan") == archive
    assert archive_url(archive) == archive


@pytest.mark.parametrize(
    ("first", "slug"),
    [
        (Answer(b"<html><title>Sign in</title>"), "no-pages"),
        (Answer(packed({"a.txt": b"x"})), "no-pages"),
        (Answer(packed({"_datasets/a.md": page("A")})[:-30]), "cut"),
        (Answer(b""), "no-pages"),
    ],
)
def test_what_is_no_catalogue_fails(tmp_path: Path, first: Answer, slug: str) -> None:
    with StaticPortal({"/": first}) as portal:
        fetched = harvest(tmp_path, "jkan", portal.url)
    assert (fetched.statement.complete, fetched.statement.slug) == (False, slug)


def test_a_page_that_is_missing_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    pages = {"/d/a.md": Answer(page("A")), "/d/c.md": Answer(page("C"))}
    with StaticPortal(
        {"/d/": index("a.md", "b.md", "c.md", "https://x.gov/d.md", "/e.md"), **pages}
    ) as portal:
        fetched = harvest(tmp_path, "jkan", f"{portal.url}d/")
    assert fetched.verdict == (False, "page-missing", False)
    assert {record.identifier for record in fetched.records} == {"a", "c"}
    assert [failure.slug for failure in fetched.statement.failures] == ["http-status"]


def test_an_archive_with_bytes_around_it_is_not_believed_and_an_empty_site_is(tmp_path: Path) -> None:
    good = packed({"_datasets/a.md": page("A")})
    bodies = {
        "warned": good + b"\nWarning in line 7",
        "twice": good + good,
        "before": good[:4] + good,
        "empty": packed({"_datasets/.gitkeep": b"", "README.md": b"x"}),
        "other": packed({"README.md": b"x"}),
        "utf16": packed({"_datasets/a.md": page("A").decode().encode("utf-16")}),
    }
    said = {}
    for name, body in bodies.items():
        (tmp_path / name).mkdir()
        with StaticPortal({"/": Answer(body)}) as portal:
            fetched = harvest(tmp_path / name, "jkan", portal.url)
        said[name] = (fetched.verdict[0], fetched.verdict[1], len(fetched.records))
        assert not any(record.trouble for record in fetched.records)
    assert said == {
        "warned": (False, "cut", 0),
        "twice": (False, "cut", 0),
        "before": (False, "cut", 0),
        "empty": (True, "", 0),
        "other": (False, "no-pages", 0),
        "utf16": (True, "", 1),
    }
