"""docker-compose.yml: what must hold of it, read without Docker; and what Compose says where it is there."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import click
import pytest

from hubsearch.cli.main import cli
from hubsearch.settings import read_settings
from tests.conftest import ROOT
from tests.deploy.compose_file import read_compose

FILE = ROOT / "docker-compose.yml"
COMPOSE = read_compose(FILE)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
ONE_SHOTS = {"secrets", "elasticsearch-access", "migrate"}
OURS = {name for name, service in SERVICES.items() if service["image"].startswith("hubsearch:")}
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")

every_service = pytest.mark.parametrize("name", sorted(SERVICES))


def has_compose() -> bool:
    docker = shutil.which("docker")
    if docker is None:
        return False
    return subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not has_compose(), reason="no `docker compose` here (Docker's plugin of that name)")
def test_compose_takes_the_file() -> None:
    words = ["docker", "compose", "--file", str(FILE), "config", "--format", "json"]
    told = json.loads(subprocess.run(words, capture_output=True, check=True).stdout)
    assert set(told["services"]) == set(SERVICES)
    for name, service in told["services"].items():
        assert service.get("read_only", False) == SERVICES[name]["read_only"]


@every_service
def test_every_image_is_of_one_version(name: str) -> None:
    assert re.fullmatch(r"[a-z]+:\d+(\.\d+)+(-[a-z]+)?", SERVICES[name]["image"])


def test_the_image_of_ours_is_of_this_version_and_its_base_is_of_one_version() -> None:
    version = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    assert version is not None
    assert {SERVICES[name]["image"] for name in OURS} == {f"hubsearch:{version[1]}"}
    assert re.search(r"^ARG PYTHON=python:\d+\.\d+\.\d+-slim-[a-z]+$", DOCKERFILE, re.MULTILINE)


def test_elasticsearch_is_the_version_the_tests_run() -> None:
    distribution = (ROOT / "tests/servers/distribution.py").read_text(encoding="utf-8")
    versions = {
        SERVICES[name]["image"].partition(":")[2]
        for name in SERVICES
        if "elasticsearch:" in SERVICES[name]["image"]
    }
    assert len(versions) == 1
    assert f'"{versions.pop()}"' in distribution


@every_service
def test_every_container_is_confined(name: str) -> None:
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["read_only"] is True or name == "elasticsearch"
    assert re.fullmatch(r"(\$\{[A-Z_]+:-)?\d+[mg]\}?", service["mem_limit"])
    assert int(service["pids_limit"]) > 0
    assert service["logging"]["options"] == {"max-size": "10m", "max-file": "5"}
    assert "privileged" not in service


@every_service
def test_nothing_runs_as_root_but_what_hands_out_the_secrets(name: str) -> None:
    user = SERVICES[name].get("user", "1000:0 of the image")
    assert (user == "0:0") == (name in {"secrets", "elasticsearch-access"})
    assert ("cap_add" in SERVICES[name]) == (user == "0:0")


def test_our_containers_run_as_the_user_of_the_image_and_write_their_home_and_tmp_alone() -> None:
    uid = re.search(r"^USER (\d+:\d+)$", DOCKERFILE, re.MULTILINE)
    assert uid is not None
    for name in OURS:
        service = SERVICES[name]
        assert service["user"] == uid[1]
        assert [mount.partition(":")[0] for mount in service["tmpfs"]] == ["/tmp"]
        writable = [mount for mount in service["volumes"] if not mount.endswith(":ro")]
        assert [mount.partition(":")[2] for mount in writable] == ["/var/lib/hubsearch"]


def test_ports_are_published_on_loopback_alone_and_the_servers_have_none() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert set(published) == {"web"}
    assert all(port.startswith("127.0.0.1:") for port in published["web"])
    assert COMPOSE["networks"]["inside"]["internal"] is True
    for name in ("elasticsearch", "postgres", "elasticsearch-access", "migrate"):
        assert SERVICES[name]["networks"] == ["inside"]
    assert SERVICES["secrets"]["network_mode"] == "none"


@every_service
def test_no_secret_stands_in_an_environment_or_in_the_file(name: str) -> None:
    for key, value in SERVICES[name].get("environment", {}).items():
        if re.search("PASSWORD|SECRET|TOKEN|API_KEY", key):
            assert key.endswith("_FILE"), key
            assert value.startswith("/")
        assert not re.search(r"//[^/@]*:[^/@]*@", value), f"{key} holds a password"
        assert key != "POSTGRES_HOST_AUTH_METHOD"


def test_every_secret_volume_is_read_only_for_those_who_only_read() -> None:
    makers = {"secrets": {"authority", "elasticsearch-secrets", "postgres-secrets", "hub-secrets"}}
    makers["elasticsearch-access"] = {"hub-secrets"}
    for name, service in SERVICES.items():
        for mount in service["volumes"]:
            source, _, rest = mount.partition(":")
            if source == "authority" or source.endswith("-secrets"):
                assert rest.endswith(":ro") == (source not in makers.get(name, set())), mount
    readers = {name for name, service in SERVICES.items() if "authority" in str(service["volumes"])}
    assert readers == {"secrets"}, "the authority's key signs certificates, nobody else needs it"


def test_elasticsearch_has_security_and_tls_on_both_layers() -> None:
    environment = SERVICES["elasticsearch"]["environment"]
    for layer in ("enabled", "http.ssl.enabled", "transport.ssl.enabled"):
        assert environment[f"xpack.security.{layer}"] == "true"
    assert environment["xpack.security.transport.ssl.verification_mode"] == "full"
    assert "scram-sha-256" in SERVICES["postgres"]["environment"]["POSTGRES_INITDB_ARGS"]


@every_service
def test_what_stays_up_has_a_health_check_and_what_waits_for_it_waits_for_health(name: str) -> None:
    service = SERVICES[name]
    assert ("healthcheck" in service) == (name not in ONE_SHOTS)
    assert service["restart"] == ("no" if name in ONE_SHOTS else "unless-stopped")
    for other, needed in service.get("depends_on", {}).items():
        wanted = "service_completed_successfully" if other in ONE_SHOTS else "service_healthy"
        assert needed == {"condition": wanted}


def test_tables_and_api_key_are_there_before_anybody_works() -> None:
    for name in ("worker", "web"):
        assert set(SERVICES[name]["depends_on"]) == {"migrate", "elasticsearch-access"}


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_command_of_ours_is_one_with_these_options(name: str) -> None:
    words = [SERVICES[name]["command"]]
    check = SERVICES[name].get("healthcheck", {}).get("test", [])
    if check[:2] == ["CMD", "hubsearch"]:
        words.append(check[2:])
    for command, *options in words:
        found = cli.get_command(click.Context(cli), command)
        assert found is not None, f"there is no command {command}"
        found.make_context(command, list(options))


def test_every_setting_of_ours_is_one_that_is_read(tmp_path: Path) -> None:
    source = (ROOT / "hubsearch/settings.py").read_text(encoding="utf-8")
    environment: dict[str, str] = SERVICES["web"]["environment"]
    assert {name for name in environment if f'"{name}"' not in source} == set()
    plain = {key: re.sub(r"\$\{[A-Z_]+:-(.*)\}", r"\1", value) for key, value in environment.items()}
    for name in ("HUBSEARCH_STORE_PASSWORD_FILE", "HUBSEARCH_ENGINE_API_KEY_FILE", "HUBSEARCH_ENGINE_CA"):
        plain[name] = str(tmp_path / name)
        (tmp_path / name).write_text("word", encoding="utf-8")
    settings = read_settings(plain)
    assert settings.store == "postgresql+psycopg://hub:word@postgres:5432/hub"
    assert settings.engine_access.api_key == "word"


def test_the_files_and_volumes_it_mounts_are_there() -> None:
    for name, service in SERVICES.items():
        for mount in service["volumes"]:
            source = mount.partition(":")[0]
            if source.startswith("./"):
                assert (ROOT / source).exists(), f"{name}: {source}"
            else:
                assert source in COMPOSE["volumes"], f"{name}: {source}"
        for word in service.get("entrypoint", []):
            assert not word.startswith("/deploy/") or (ROOT / word.removeprefix("/")).is_file()


def test_the_documentation_tells_the_privileges_and_every_variable_of_the_file() -> None:
    text = (ROOT / "docs/operators.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"```json\n(\{\n  \"cluster\".*?)```", text, re.DOTALL)
    assert json.loads(shown) == json.loads((ROOT / "deploy/elasticsearch_privileges.json").read_text("utf-8"))
    variables = set(re.findall(r"\$\{([A-Z_]+):-", FILE.read_text(encoding="utf-8")))
    assert {name for name in variables if f"`{name}`" not in text} == set()
