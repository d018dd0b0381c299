"""Settings come from the environment alone, with the documented defaults."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url

from hubsearch.settings import SettingsError, read_settings


def test_without_any_variable_everything_lives_in_the_hub_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = read_settings({})
    assert settings.home == tmp_path / "hub"
    assert settings.store == f"sqlite:///{tmp_path / 'hub' / 'store.sqlite'}"
    assert settings.portals == tmp_path / "hub" / "portals.toml"
    assert (settings.engine, settings.base_url) == ("tantivy", "http://127.0.0.1:8000")


def test_the_portals_file_of_the_working_folder_serves_where_the_home_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "portals.toml").write_text("# [[portal]]\n", encoding="utf-8")
    assert read_settings({}).portals == tmp_path / "hub" / "portals.toml", "a sample that states no portal"
    (tmp_path / "portals.toml").write_text('[[portal]]\nid = "x"\n', encoding="utf-8")
    assert read_settings({}).portals == tmp_path / "portals.toml"
    (tmp_path / "hub").mkdir()
    (tmp_path / "hub" / "portals.toml").touch()
    assert read_settings({}).portals == tmp_path / "hub" / "portals.toml"
    assert read_settings({"HUBSEARCH_PORTALS": "other.toml"}).portals == tmp_path / "other.toml"


@pytest.mark.parametrize("text", ["2026-01-31T06:00:00Z", "2026-01-31T06:00:00", "2026-01-31T01:00:00-05:00"])
def test_a_stated_now_replaces_the_clock(text: str) -> None:
    assert read_settings({"HUBSEARCH_NOW": text}).now() == datetime(2026, 1, 31, 6, tzinfo=UTC)


def test_the_clock_is_the_default_and_tells_utc() -> None:
    now = read_settings({}).now()
    assert now.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("name", "value"), [("HUBSEARCH_NOW", "tomorrow"), ("HUBSEARCH_BASE_URL", "hub.example.gov")]
)
def test_a_value_that_cannot_be_used_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        read_settings({name: value})


def secret_file(folder: Path, text: str) -> str:
    path = folder / "secret"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_the_store_s_password_comes_from_a_file_and_is_never_shown(tmp_path: Path) -> None:
    url = "postgresql+psycopg://hub@db:5432/hub?sslmode=require"
    settings = read_settings(
        {"HUBSEARCH_STORE": url, "HUBSEARCH_STORE_PASSWORD_FILE": secret_file(tmp_path, " p@ss/w:rd \n")}
    )
    assert settings.store == "postgresql+psycopg://hub:p%40ss%2Fw%3Ard@db:5432/hub?sslmode=require"
    assert make_url(settings.store).password == "p@ss/w:rd"
    assert "p%40ss" not in repr(settings)


def test_the_engine_s_api_key_comes_from_a_file_and_is_never_shown(tmp_path: Path) -> None:
    settings = read_settings({"HUBSEARCH_ENGINE_API_KEY_FILE": secret_file(tmp_path, "c2VjcmV0LWtleQ==\n")})
    assert settings.engine_access.api_key == "c2VjcmV0LWtleQ=="
    assert "c2VjcmV0LWtleQ==" not in repr(settings)


def test_a_password_inside_the_engine_s_url_is_never_shown() -> None:
    settings = read_settings({"HUBSEARCH_ENGINE": "https://hub:hunter2@search.example.gov:9200"})
    assert "hunter2" in settings.engine
    assert "hunter2" not in repr(settings)


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("", {}),
        ("two\nlines", {}),
        ("word", {"HUBSEARCH_STORE": "postgresql+psycopg://hub:own@db/hub"}),
        ("word", {"HUBSEARCH_STORE": "postgresql+psycopg://db/hub"}),
        ("word", {}),
    ],
    ids=["empty", "two lines", "a password in the URL too", "no user", "a file as store"],
)
def test_a_password_file_that_does_not_fit_is_refused_without_its_text(
    tmp_path: Path, text: str, others: dict[str, str]
) -> None:
    given = {"HUBSEARCH_STORE_PASSWORD_FILE": secret_file(tmp_path, text)}
    with pytest.raises(SettingsError, match="HUBSEARCH_STORE_PASSWORD_FILE") as refused:
        read_settings(given | others)
    assert "word" not in str(refused.value).replace("password", "").replace("PASSWORD", "")


def test_a_secret_s_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    missing = str(tmp_path / "nowhere")
    with pytest.raises(SettingsError, match=r"HUBSEARCH_ENGINE_API_KEY_FILE.*nowhere"):
        read_settings({"HUBSEARCH_ENGINE_API_KEY_FILE": missing})
    with pytest.raises(SettingsError, match="both set"):
        read_settings(
            {
                "HUBSEARCH_ENGINE_API_KEY": "x",
                "HUBSEARCH_ENGINE_API_KEY_FILE": secret_file(tmp_path, "y"),
            }
        )
