"""Where a catalogue that only re-publishes a dataset has it from.

DCAT-AP says it in the catalogue record (`dct:source`, "source metadata"), which a payload holds under
`^foaf:primaryTopic`; a catalogue within a catalogue, under `^dcat:dataset`, is one that was harvested whole.
`dct:source` of the dataset itself is another matter: what its data was made from.
"""

from mappings.dataset import Origin
from mappings.dcat_ap_nodes import Node, address, label, nodes, text
from mappings.issue import IssueLog
from mappings.urls import read_url


def read_origin(record: Node) -> Origin | None:
    """The origin, if the graph names one."""
    quiet = IssueLog()
    inside = next(iter(nodes(record, "^dcat:dataset")), {})
    title, key = label(inside), address(inside)
    for catalogue_record in nodes(record, "^foaf:primaryTopic"):
        for source in nodes(catalogue_record, "dct:source"):
            said = address(source)
            url = read_url(said, "dct:source", quiet) if said else None
            identifier = text(source, "dct:identifier") or (said if url is None else None)
            if url or identifier:
                return Origin(
                    title or (label(source) if "@value" not in source else None), identifier, url, key
                )
    return Origin(title, None, None, key) if title or key else None
