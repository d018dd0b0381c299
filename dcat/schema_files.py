"""The JSON Schemas shipped with this package (see schemas/README.md)."""

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def load_schema(name: str) -> dict[str, Any]:
    """A schema by its path below `schemas/`, for instance `dcat-us-1.1/catalog.json`. Read once; do not
    change it."""
    schema: dict[str, Any] = json.loads(files("dcat").joinpath("schemas", name).read_text(encoding="utf-8"))
    return schema


def dataset_schema() -> dict[str, Any]:
    """The schema of one entry of a non-federal DCAT-US 1.1 feed."""
    return load_schema("dcat-us-1.1/non-federal_dataset.json")


def catalog_schema() -> dict[str, Any]:
    """The schema of the document around the entries."""
    return load_schema("dcat-us-1.1/catalog.json")
