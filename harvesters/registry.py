"""Which class fetches which type of portal: every module in `harvesters.types` is one type.

The type's name is the module's, with hyphens. Adding a type is one module there, and where its schema is new
one crosswalk in `mappings`.
"""

import pkgutil
from collections.abc import Mapping
from importlib import import_module
from inspect import isabstract
from types import MappingProxyType
from typing import TYPE_CHECKING

from harvesters import types

if TYPE_CHECKING:
    from harvesters.spider import PortalSpider

HARVESTERS: Mapping[str, str] = MappingProxyType(
    {
        name.replace("_", "-"): f"{types.__name__}.{name}"
        for name in sorted(module.name for module in pkgutil.iter_modules(types.__path__))
    }
)
"""Module of each type, by name: the command line knows the types without importing Scrapy."""


def spider_class(portal_type: str) -> "type[PortalSpider]":
    """The spider of a type: the class of its module that says it is of that type. Raises KeyError for an
    unknown one, TypeError for a module that defines none or several."""
    from harvesters.spider import PortalSpider

    module = import_module(HARVESTERS[portal_type])
    found = [
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, PortalSpider)
        and value.__module__ == module.__name__
        and not isabstract(value)
    ]
    if len(found) != 1 or found[0].type != portal_type:
        raise TypeError(f"{module.__name__} must define one spider of type {portal_type!r}")
    return found[0]
