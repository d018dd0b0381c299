"""Loopback portals that behave like real ones, and misbehave when told to.

`StaticPortal` answers scripted answers (status, headers, bodies cut, slow, chunked, redirected);
`SocrataPortal` pages recorded records by the Discovery API's rules, `CkanPortal` by those of CKAN's,
`OpendatasoftPortal` by those of Opendatasoft's, `DataGovPortal` along the cursor of data.gov's search.
`HubPortal` pages items as ArcGIS Hub's search API does.
`CswPortal` answers GetRecords as catalogue services do, `OaiPortal` ListRecords as repositories; `RdfPortal`
is a DCAT catalogue in three syntaxes, in hydra's pages.
`LandingPortal` has pages behind sitemaps, `MassgovPortal` those of the Massachusetts Data Hub.
`WafPortal` shows files in nested folders behind the index pages of Apache, nginx or IIS.
`RegisterPortal` serves rows as an agency keeps them: a table, YAML or TOML.
`FeedsPortal` has many small feeds, and counts what is fetched and what is fetched by two at once.
"""

from tests.portals.ckan_portal import CkanPortal
from tests.portals.csw_portal import CswPortal
from tests.portals.data_gov_portal import DataGovPortal
from tests.portals.feeds import FeedsPortal
from tests.portals.hub_portal import HubPortal
from tests.portals.landing_portal import LandingPortal
from tests.portals.massgov_portal import MassgovPortal
from tests.portals.oai_portal import OaiPortal
from tests.portals.opendatasoft_portal import OpendatasoftPortal
from tests.portals.rdf_portal import RdfPortal
from tests.portals.register_portal import RegisterPortal
from tests.portals.server import LoopbackServer, Seen
from tests.portals.socrata_portal import SocrataPortal
from tests.portals.static import Answer, StaticPortal
from tests.portals.waf_portal import WafPortal

__all__ = [
    "Answer",
    "CkanPortal",
    "CswPortal",
    "DataGovPortal",
    "FeedsPortal",
    "HubPortal",
    "LandingPortal",
    "LoopbackServer",
    "MassgovPortal",
    "OaiPortal",
    "OpendatasoftPortal",
    "RdfPortal",
    "RegisterPortal",
    "Seen",
    "SocrataPortal",
    "StaticPortal",
    "WafPortal",
]
