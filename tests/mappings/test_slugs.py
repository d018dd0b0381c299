"""Every finding has an explanation, and every explanation a finding."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import mappings
from mappings import slugs

FOLDER = Path(mappings.__file__).parent
SLUG = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
LOGGED = {"add": 3, "Issue": 3, "Unmappable": 2}
"""What records a finding, and with how many arguments; the first is the slug."""


def _trees() -> Iterator[ast.AST]:
    for path in sorted(FOLDER.rglob("*.py")):
        if path.name != "slugs.py":
            yield ast.parse(path.read_text())


def _logged_slugs() -> set[str]:
    found = set()
    for tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = (
                    node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                )
                if len(node.args) == LOGGED.get(name) and isinstance(node.args[0].value, str):
                    found.add(node.args[0].value)
    return found


def _texts() -> set[str]:
    return {
        node.value
        for tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_every_logged_slug_is_explained() -> None:
    assert _logged_slugs() - set(slugs.all_slugs()) == set()


def test_every_explained_slug_is_logged_somewhere() -> None:
    assert set(slugs.all_slugs()) - _texts() == set()


def test_slugs_are_lower_case_words_joined_by_hyphens() -> None:
    assert [slug for slug in slugs.all_slugs() if not SLUG.fullmatch(slug)] == []


def test_explanations_are_written_out() -> None:
    for slug, (meaning, advice) in slugs.all_slugs().items():
        assert len(meaning) > 10, slug
        assert len(advice) > 5, slug


def test_a_slug_of_another_version_is_named_as_such() -> None:
    assert "brand-new-slug" in slugs.describe("brand-new-slug").meaning
