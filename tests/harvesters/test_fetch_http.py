"""What servers do to an HTTP client, and what the harvester does about it."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.harvesters.fetching import harvest
from tests.portals import Answer, StaticPortal

GOOD = Answer(b'{"dataset":[{"identifier":"a","title":"A"}]}')


def redirect(location: str, status: int = 302) -> Answer:
    return Answer(b"moved", status, {"Location": location})


def test_a_server_that_recovers_is_asked_again(tmp_path: Path) -> None:
    with StaticPortal({"/data.json": [Answer(b"", 500), Answer(b"", 503), GOOD]}) as portal:
        fetched = harvest(tmp_path, "dcat-us", portal.url)
    assert fetched.verdict == (True, "", False)
    assert fetched.statement.requests == 3


def test_a_server_that_does_not_recover_is_left_in_peace(tmp_path: Path) -> None:
    with StaticPortal({"/data.json": Answer(b'{"detail":"maintenance"}', 503)}) as portal:
        fetched = harvest(tmp_path, "dcat-us", portal.url)
        assert len(portal.seen) == 4
    assert fetched.verdict == (False, "http-status", True)
    assert "503" in fetched.statement.reason
    assert "maintenance" in fetched.statement.reason


def test_retry_after_is_waited_for(tmp_path: Path) -> None:
    with StaticPortal({"/data.json": [Answer(b"", 429, {"Retry-After": "1"}), GOOD]}) as portal:
        fetched = harvest(tmp_path, "dcat-us", portal.url)
        first, second = (seen.time for seen in portal.seen)
    assert fetched.verdict == (True, "", False)
    assert second - first >= 1


def test_a_wait_beyond_the_budget_is_not_begun(tmp_path: Path) -> None:
    with StaticPortal({"/data.json": Answer(b"", 429, {"Retry-After": "3600"})}) as portal:
        fetched = harvest(tmp_path, "dcat-us", portal.url, run_budget=30)
        assert len(portal.seen) == 1
    assert fetched.verdict == (False, "http-status", True)


def test_a_client_error_is_final(tmp_path: Path) -> None:
    with StaticPortal({}) as portal:
        fetched = harvest(tmp_path, "dcat-us", portal.url)
        assert portal.paths() == ["/data.json"]
    assert fetched.verdict == (False, "http-status", True)


def test_redirects_on_the_portal_are_followed_and_the_last_address_is_kept(tmp_path: Path) -> None:
    answers = {"/data.json": redirect("/a"), "/a": redirect("b?c=d", 301), "/b": GOOD}
    with StaticPortal(answers) as portal:
        fetched = harvest(tmp_path, "dcat-us", portal.url)
        assert fetched.records[0].url == f"{portal.url}b?c=d"
    assert fetched.verdict == (True, "", False)


def test_a_redirect_loop_ends_after_ten_hops(tmp_path: Path) -> None:
    with StaticPortal({"/data.json": redirect("/data.json")}) as portal:
        fetched = harvest(tmp_path, "dcat-us", portal.url)
        assert len(portal.seen) == 11
    assert fetched.verdict == (False, "redirect", True)


def test_a_redirect_to_another_scheme_is_not_followed(tmp_path: Path) -> None:
    with StaticPortal({"/data.json": redirect("file:///etc/passwd")}) as portal:
        fetched = harvest(tmp_path, "dcat-us", portal.url)
    assert fetched.verdict == (False, "redirect", True)


@pytest.mark.parametrize("location", ["http://[::1/", "http://x.gov:99999/"])
def test_a_redirect_to_no_address_is_a_failed_run_not_a_crash(tmp_path: Path, location: str) -> None:
    with StaticPortal({"/data.json": redirect(location)}) as portal:
        fetched = harvest(tmp_path, "dcat-us", portal.url)
    assert not fetched.statement.complete
    assert fetched.statement.slug != "crashed"


@pytest.mark.parametrize("where", ["http://127.0.0.1:{port}/", "http://169.254.169.254/"])
def test_a_redirect_never_reaches_a_private_address(tmp_path: Path, where: str) -> None:
    with (
        StaticPortal({}) as canary,
        StaticPortal({"/data.json": redirect(where.format(port=canary.port))}) as portal,
    ):
        fetched = harvest(tmp_path, "dcat-us", portal.url)
        assert canary.seen == []
    assert fetched.verdict == (False, "egress-refused", True)


@pytest.mark.parametrize("host", ["2130706433", "localhost"])
def test_without_allow_private_no_spelling_reaches_loopback(tmp_path: Path, host: str) -> None:
    with StaticPortal({"/data.json": GOOD}) as canary:
        fetched = harvest(tmp_path, "dcat-us", f"http://{host}:{canary.port}/", allow_private=False)
        assert canary.seen == []
    assert fetched.verdict == (False, "egress-refused", True)


def test_a_meta_refresh_is_only_a_web_page(tmp_path: Path) -> None:
    page = (
        b'<html><head><meta http-equiv="refresh" content="0;url=/secret"><title>Moved</title></head></html>'
    )
    with StaticPortal({"/data.json": Answer(page, headers={"Content-Type": "text/html"})}) as portal:
        fetched = harvest(tmp_path, "dcat-us", portal.url)
        assert portal.paths() == ["/data.json"]
    assert fetched.verdict == (False, "not-json-html", True)


def test_a_token_goes_to_the_portal_and_is_never_logged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTAL_TOKEN", "s3cr3t-t0ken")
    auth = {"header": "X-App-Token", "env": "PORTAL_TOKEN"}
    with StaticPortal({"/data.json": [Answer(b"", 500), redirect("/b")], "/b": GOOD}) as portal:
        fetched = harvest(tmp_path, "dcat-us", portal.url, auth=auth)
        assert [seen.headers["X-App-Token"] for seen in portal.seen] == ["s3cr3t-t0ken"] * 3
    assert fetched.verdict == (True, "", False)
    assert "s3cr3t" not in fetched.log


def test_a_missing_token_is_said_before_anything_is_asked(tmp_path: Path) -> None:
    with StaticPortal({"/data.json": GOOD}) as portal:
        fetched = harvest(tmp_path, "dcat-us", portal.url, auth={"header": "X", "env": "NOT_SET_ANYWHERE"})
        assert portal.seen == []
    assert fetched.verdict == (False, "auth-missing", True)
    assert "NOT_SET_ANYWHERE" in fetched.statement.reason


def test_the_harvester_says_who_it_is_and_takes_gzip(tmp_path: Path) -> None:
    with StaticPortal({"/data.json": GOOD}) as portal:
        harvest(tmp_path, "dcat-us", portal.url)
        headers = portal.seen[0].headers
    assert headers["User-Agent"].startswith("hubsearch-tests/1")
    assert headers["Accept-Encoding"] == "gzip"
    assert "Cookie" not in headers


@contextmanager
def self_signed_server(folder: Path) -> Iterator[str]:
    """HTTPS with a certificate that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "both.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    pem.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with StaticPortal({"/data.json": GOOD}) as portal:
        portal.encrypt(context)
        yield f"https://localhost:{portal.port}/"
        assert portal.seen == [], "nothing may be sent before the certificate is trusted"


def test_a_certificate_that_nobody_vouches_for_is_refused(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with self_signed_server(tmp_path_factory.mktemp("tls")) as url:
        fetched = harvest(tmp_path, "dcat-us", url)
    assert fetched.verdict == (False, "tls", True)
    assert fetched.statement.requests == 1


@contextmanager
def raw_server(reply: bytes) -> Iterator[str]:
    """Accepts connections, sends these bytes and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65_536)
                    connection.sendall(reply)

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        server.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("reply", [b"", b"SSH-2.0-OpenSSH_9\r\n"])
def test_a_server_that_does_not_speak_http_is_unreachable(tmp_path: Path, reply: bytes) -> None:
    with raw_server(reply) as url:
        fetched = harvest(tmp_path, "dcat-us", url)
    assert fetched.verdict == (False, "unreachable", True)


def test_a_closed_port_is_unreachable(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    fetched = harvest(tmp_path, "dcat-us", f"http://127.0.0.1:{port}/")
    assert fetched.verdict == (False, "unreachable", True)
    assert fetched.statement.requests == 4
