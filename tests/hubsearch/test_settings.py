"""Settings come from the environment alone, with the documented defaults."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

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
