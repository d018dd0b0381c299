"""Records as received beside the datasets they become, to be read by people and compared by this test.

`tests/recorded/mappings/<schema>/<name>.received.json` (or `.xml`) is a record of a United States federal
catalogue (public domain), or written by us (`arcgis-records`, `data-gov`, `dcat-ap`, `dcat-us-3.0`,
`dublin-core`, `jkan`, `landing-page`, `opendatasoft`, `register`, `schema-org`); `<name>.expected.json` holds
its dataset, settled as on a portal that says nothing about itself, and issues.
After a wanted change of a crosswalk run this test with HUBSEARCH_RECORD=1, which writes what is expected
anew, and read the difference.
"""

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from mappings.schemas import map_record
from mappings.settling import settle

FOLDER = Path(__file__).resolve().parents[1] / "recorded" / "mappings"
RECEIVED = sorted(FOLDER.glob("*/*.received.*"))


def becomes(received: Path) -> dict[str, Any]:
    result = map_record(received.parent.name, received.read_bytes())
    settle(result.dataset, "other", "")
    return {
        "dataset": {
            name: value for name, value in asdict(result.dataset).items() if value not in (None, [], {})
        },
        "issues": [f"{issue.slug} {issue.field}: {issue.message}" for issue in result.issues],
    }


@pytest.mark.parametrize("received", RECEIVED, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_recorded_record_becomes_the_expected_dataset(received: Path) -> None:
    expected = received.with_name(received.name.partition(".received.")[0] + ".expected.json")
    found = becomes(received)
    if os.environ.get("HUBSEARCH_RECORD"):
        expected.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    assert found == json.loads(expected.read_text())


def test_there_is_a_record_of_every_schema() -> None:
    assert {path.parent.name for path in RECEIVED} == {
        "arcgis-records",
        "ckan",
        "data-gov",
        "dublin-core",
        "dcat-ap",
        "dcat-us-1.0",
        "dcat-us-1.1",
        "dcat-us-3.0",
        "jkan",
        "landing-page",
        "opendatasoft",
        "opendatasoft-1",
        "opendatasoft-table",
        "register",
        "schema-org",
        "socrata-discovery",
    }
