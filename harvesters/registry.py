"""Which class fetches which type of portal. Adding a type is one line here and one module."""

from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harvesters.spider import PortalSpider

HARVESTERS: MappingProxyType[str, str] = MappingProxyType(
    {
        "arcgis-hub": "harvesters.arcgis_hub:ArcGisHubSpider",
        "ckan": "harvesters.ckan:CkanSpider",
        "csw": "harvesters.csw:CswSpider",
        "dcat-us": "harvesters.dcat_us:DcatUsSpider",
        "socrata": "harvesters.socrata:SocrataSpider",
        "opendatasoft": "harvesters.opendatasoft:OpendatasoftSpider",
        "jkan": "harvesters.jkan:JkanSpider",
        "register": "harvesters.register:RegisterSpider",
        "waf": "harvesters.waf:WafSpider",
    }
)
"""By name, so that the command line knows the types without importing Scrapy."""


def spider_class(portal_type: str) -> "type[PortalSpider]":
    """The spider of a type. Raises KeyError for an unknown one."""
    module, _, name = HARVESTERS[portal_type].partition(":")
    found: type[PortalSpider] = getattr(import_module(module), name)
    return found
