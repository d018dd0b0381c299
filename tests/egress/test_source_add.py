"""What follows `source add` is looked at before anything is asked, and repeated without its secrets."""

import pytest

from tests.conftest import Command


@pytest.mark.parametrize(
    "words",
    [
        ("http:/clerk:s3cr3t@data.example.gov/x",),
        ("http://clerk:s3cr3t@[::1",),
        ("http://clerk:s3cr3t@data.example.gov:99999/",),
        ("ftp://clerk:s3cr3t@data.example.gov/",),
        ("https://data.example.gov/", "--option", "discovery_url=http://clerk:s3cr3t@x.gov/"),
    ],
)
def test_an_address_that_cannot_be_is_said_at_once_and_without_its_password(
    command: Command, words: tuple[str, ...]
) -> None:
    refused = command("source", "add", *words)
    assert refused.status == 2
    assert "address" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert "s3cr3t" not in refused.stderr + refused.stdout
