"""XML records: what is read, what is repaired with an issue, and what is refused quickly."""

import time

import pytest

from mappings.issue import Unmappable
from mappings.xml_record import canonical_digest, parse


@pytest.mark.parametrize(
    ("payload", "text", "slugs"),
    [
        ("<a>é</a>".encode(), "é", []),
        ('\n\n<?xml version="1.0" encoding="UTF-8"?>\n<a>é</a>'.encode(), "é", []),
        (b'<?xml version="1.0" encoding="UTF-8"?><a>caf\xe9</a>', "café", ["wrong-encoding"]),
        ('<?xml version="1.0" encoding="ISO-8859-1"?><a>é</a>'.encode("latin-1"), "é", []),
        ('<?xml version="1.0" encoding="UTF-16"?><a>é</a>'.encode("utf-16"), "é", []),
        ('<?xml version="1.0" encoding="UTF-16"?><a>é</a>'.encode(), "é", ["wrong-encoding"]),
        ('<?xml version="1.0" encoding="rot13"?><a>é</a>'.encode(), "é", ["wrong-encoding"]),
        ("\ufeff<a>é</a>".encode(), "é", []),
        (b'<!DOCTYPE a SYSTEM "http://nowhere.test/a.dtd"><!-- x --><?y z?><a>b</a>', "b", []),
        (b"<a>b\x0bc</a>", "bc", ["lenient-xml"]),
        (b"<a>b&nbsp;c &amp; d</a>", "b\xa0c & d", ["lenient-xml"]),
    ],
)
def test_what_can_be_read_is_read(payload: bytes, text: str, slugs: list[str]) -> None:
    root, issues = parse(payload)
    assert root.text == text
    assert [issue.slug for issue in issues] == slugs


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))


@pytest.mark.parametrize(
    ("payload", "slug"),
    [
        (b"", "invalid-xml"),
        (b"nothing", "invalid-xml"),
        (b"<a><b></a>", "invalid-xml"),
        (b"<a>", "invalid-xml"),
        (b"<a>&unknown;</a>", "invalid-xml"),
        (b"<!-- for ever", "invalid-xml"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "xml-dtd"),
        (f'<!DOCTYPE a [<!ENTITY l0 "ha">{LAUGHS}]><a>&l11;</a>'.encode(), "xml-dtd"),
        (f'<!DOCTYPE a [<!ENTITY l0 "ha">{LAUGHS}]><a>&l11;</a>'.encode("utf-16"), "xml-dtd"),
        (b"<a>" * 100_000, "xml-too-deep"),
        (b"<a>" + b"<b/>" * 500_000 + b"</a>", "record-too-large"),
        (b"<a>" + b"b" * 17_000_000 + b"</a>", "record-too-large"),
    ],
)
def test_what_is_refused_is_refused_at_once(payload: bytes, slug: str) -> None:
    begun = time.process_time()
    with pytest.raises(Unmappable) as refused:
        parse(payload)
    assert refused.value.slug == slug
    assert time.process_time() - begun < 1


def test_the_digest_is_over_what_a_person_could_see() -> None:
    one = canonical_digest(parse(b'<x:a xmlns:x="urn:n" b="1" c="2"><x:d> e  f </x:d></x:a>')[0])
    same = b'<?xml version="1.0"?>\n<a xmlns="urn:n" c="2" b="1"><!-- z -->\n <d>e f</d></a>'
    assert canonical_digest(parse(same)[0]) == one
    moved = b'<a xmlns="urn:n" c="2" b="1" xmlns:g="http://www.opengis.net/gml" g:id="d1"><d>e f</d></a>'
    assert canonical_digest(parse(moved)[0]) == one
    for other in (b'<a c="2" b="1"><d>e f</d></a>', same.replace(b"e f", b"e g"), same.replace(b"2", b"3")):
        assert canonical_digest(parse(other)[0]) != one
