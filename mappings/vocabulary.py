"""Vocabularies as data: TOML files beside the modules, read once when first needed."""

import tomllib
from functools import cache
from importlib import resources
from typing import Any


@cache
def load(name: str) -> dict[str, Any]:
    """The parsed `<name>.toml` of this package. The file names the source of its list."""
    data = resources.files("mappings").joinpath(f"{name}.toml").read_bytes()
    return tomllib.loads(data.decode())


def folded(text: str) -> str:
    """How spellings are compared: case, spacing and separators do not count."""
    return " ".join(text.casefold().replace("_", " ").replace("-", " ").split())
