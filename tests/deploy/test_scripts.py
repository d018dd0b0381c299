"""The scripts of the compose file's one-shot services, run against the real servers, without containers."""

import json
import os
import stat
import subprocess
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import create_engine, text

from tests.conftest import ROOT, Outcome, without_a_server
from tests.servers.distribution import unpacked
from tests.servers.errors import ServerMissing
from tests.servers.java import find_jdk

DEPLOY = ROOT / "deploy"


def run_script(name: str, **environment: str) -> Outcome:
    done = subprocess.run(
        ["bash", str(DEPLOY / name)],
        env={"PATH": os.environ["PATH"]} | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def access(elasticsearch_url: str, cluster_index: str, tmp_path: Path) -> dict[str, str]:
    """What elasticsearch_access.sh is told."""
    parts = urlsplit(elasticsearch_url)
    (tmp_path / "password").write_text(parts.password or "", encoding="utf-8")
    return {
        "URL": f"{parts.scheme}://{parts.hostname}:{parts.port}",
        "CA": "",
        "PASSWORD_FILE": str(tmp_path / "password"),
        "KEY_FILE": str(tmp_path / "engine_api_key"),
        "PREFIX": cluster_index,
        "OWNER": "",
    }


def ask(access: dict[str, str], method: str, path: str, body: object = None) -> int:
    """The status Elasticsearch answers whoever has the key."""
    key = Path(access["KEY_FILE"]).read_text(encoding="utf-8").strip()
    request = urllib.request.Request(
        access["URL"] + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"ApiKey {key}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_the_api_key_may_do_what_the_hub_needs_on_its_indexes_and_nothing_else(
    access: dict[str, str],
) -> None:
    done = run_script("elasticsearch_access.sh", **access)
    assert done.status == 0, done.stderr
    index = f"/{access['PREFIX']}-00000000-20260101t000000000000"
    assert ask(access, "PUT", index) == 200
    assert ask(access, "PUT", f"{index}/_doc/1?refresh=true", {"title": "x"}) == 201
    assert ask(access, "GET", f"{index}/_search") == 200
    assert ask(access, "GET", "/_cluster/health") == 200
    assert ask(access, "DELETE", index) == 200
    assert ask(access, "PUT", "/somebody-else-1") == 403
    assert ask(access, "GET", "/_security/user") == 403
    assert ask(access, "PUT", "/_cluster/settings", {"persistent": {"cluster.blocks.read_only": None}}) == 403


def test_a_key_that_works_is_kept_and_one_that_does_not_is_made_anew(access: dict[str, str]) -> None:
    assert run_script("elasticsearch_access.sh", **access).status == 0
    kept = Path(access["KEY_FILE"])
    first = kept.read_text(encoding="utf-8")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o440
    assert run_script("elasticsearch_access.sh", **access).status == 0
    assert kept.read_text(encoding="utf-8") == first
    kept.chmod(0o600)
    kept.write_text("bm90OmFLZXk=\n", encoding="utf-8")
    assert run_script("elasticsearch_access.sh", **access).status == 0
    assert kept.read_text(encoding="utf-8") not in {first, "bm90OmFLZXk=\n"}


def test_a_password_that_does_not_fit_is_said_and_never_shown(access: dict[str, str]) -> None:
    Path(access["PASSWORD_FILE"]).write_text("hunter2", encoding="utf-8")
    done = run_script("elasticsearch_access.sh", **access, TRIES="1")
    assert done.status == 1
    assert "401" in done.stderr
    assert "hunter2" not in done.stderr + done.stdout
    assert not Path(access["KEY_FILE"]).exists()


def test_a_new_database_belongs_to_a_user_who_owns_nothing_else(postgres_url: str, tmp_path: Path) -> None:
    parts = urlsplit(postgres_url)
    name = f"{parts.path[1:]}_made"[-60:]
    word = "it's a \"p/w\\"
    (tmp_path / "password").write_text(word, encoding="utf-8")
    server = {"PGHOST": str(parts.hostname), "PGPORT": str(parts.port), "POSTGRES_USER": str(parts.username)}
    if parts.password:
        server["PGPASSWORD"] = parts.password
    given = {"HUB_PASSWORD_FILE": str(tmp_path / "password"), "HUB_USER": name, "HUB_DATABASE": name}
    engine = create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    try:
        done = run_script("postgres_init.sh", **server, **given)
        assert done.status == 0, done.stderr
        with engine.connect() as connection:
            role = connection.execute(
                text(
                    "SELECT rolsuper, rolcreatedb, rolcreaterole, rolcanlogin FROM pg_roles"
                    " WHERE rolname = :n"
                ),
                {"n": name},
            ).one()
            made = connection.execute(
                text(
                    "SELECT pg_get_userbyid(datdba), datcollate, pg_encoding_to_char(encoding)"
                    " FROM pg_database WHERE datname = :n"
                ),
                {"n": name},
            ).one()
        assert tuple(role) == (False, False, False, True)
        assert tuple(made) == (name, "C", "UTF8")
    finally:
        with engine.connect() as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}"'))
            connection.execute(text(f'DROP ROLE IF EXISTS "{name}"'))
        engine.dispose()


@pytest.fixture(scope="module")
def certutil() -> dict[str, str]:
    """Elasticsearch's own tool, as its image has it, and the Java it runs with."""
    try:
        return {
            "CERTUTIL": str(unpacked() / "bin/elasticsearch-certutil"),
            "ES_JAVA_HOME": str(find_jdk()),
        }
    except ServerMissing as missing:
        without_a_server(missing)


def test_secrets_are_made_once_and_handed_to_those_who_need_them(
    certutil: dict[str, str], tmp_path: Path
) -> None:
    folders = {name: tmp_path / name.lower() for name in ("AUTHORITY", "ELASTICSEARCH", "POSTGRES", "HUB")}
    given = {name: str(folder) for name, folder in folders.items()} | certutil
    given |= {"PATH": f"{certutil['ES_JAVA_HOME']}/bin:{os.environ['PATH']}"}
    if os.getuid() != 0:
        given["CHOWN"] = "true"
    done = run_script("make_secrets.sh", **given)
    assert done.status == 0, done.stderr
    made = contents(tmp_path)
    assert set(made) >= {
        "elasticsearch/node.key",
        "elasticsearch/elastic_password",
        "postgres/postgres_password",
        "hub/ca.crt",
        "hub/store_password",
    }
    assert made["hub/store_password"] == made["postgres/hub_password"]
    words = [made[name] for name in made if name.endswith("_password") and not name.startswith("hub/")]
    assert len(set(words)) == 3, "each its own"
    assert all(len(word) == 43 for word in words), "256 random bits"
    assert not any(word.decode() in done.stdout + done.stderr for word in words)
    keys = {name for name, data in made.items() if b"PRIVATE KEY" in data}
    assert keys == {"authority/ca/ca.key", "elasticsearch/node.key"}
    for path in tmp_path.rglob("*"):
        assert not stat.S_IMODE(path.stat().st_mode) & 0o007, f"everybody may read {path}"
    assert stat.S_IMODE((folders["ELASTICSEARCH"] / "elastic_password").stat().st_mode) == 0o400
    proven = subprocess.run(
        ["openssl", "verify", "-CAfile", folders["HUB"] / "ca.crt", folders["ELASTICSEARCH"] / "node.crt"],
        capture_output=True,
        check=False,
    )
    assert proven.returncode == 0, proven.stderr
    assert run_script("make_secrets.sh", **given).status == 0
    assert contents(tmp_path) == made, "a second start keeps what is there"


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }
