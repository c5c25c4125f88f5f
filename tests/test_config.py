"""Settings: read from the environment, and refused with a sentence that names the bad one."""

import stat
from pathlib import Path

import pytest

from portal.config import BadSetting, from_environment

SECRET = "0123456789abcdefghijklmnopqrstuv"


def environment(tmp_path: Path, **more: str) -> dict[str, str]:
    """The least that a start needs, and what the test adds."""
    return {"PORTAL_INSTANCE": str(tmp_path), "PORTAL_SECRET_KEY": SECRET, **more}


def test_with_nothing_set_it_keeps_its_own_secret_for_its_owner_only(tmp_path: Path) -> None:
    first = from_environment({"PORTAL_INSTANCE": str(tmp_path)})
    second = from_environment({"PORTAL_INSTANCE": str(tmp_path)})
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 32
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert first.database_url == f"sqlite:///{tmp_path / 'portal.db'}"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORTAL_SECRET_KEY", "short"),
        ("PORTAL_SECRET_KEY", "change-me"),
        ("PORTAL_SECRET_KEY", "a" * 64),
        ("PORTAL_SECRET_KEY_FALLBACKS", f"{SECRET},secret"),
        ("PORT", "eighty"),
        ("PORT", "70000"),
        ("PORT", "٣"),
        ("PORTAL_TRUSTED_PROXIES", "-1"),
        ("PORTAL_DATABASE_URL", "mysql://localhost/portal"),
        ("PORTAL_PUBLIC_URL", "portal.example.com"),
        ("PORTAL_PUBLIC_URL", "http://portal.example.com"),
        ("PORTAL_PUBLIC_URL", "https://example.com/portal"),
        ("PORTAL_MAIL_URL", "pigeon://loft"),
        ("PORTAL_MAIL_URL", "smtp://"),
    ],
)
def test_a_bad_setting_stops_the_start_and_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(BadSetting) as refused:
        from_environment(environment(tmp_path, **{name: value}))
    assert name.removesuffix("_FALLBACKS") in str(refused.value)


def test_in_earnest_the_cookie_is_bound_to_its_host_and_to_https(tmp_path: Path) -> None:
    flask = from_environment(environment(tmp_path, PORTAL_PUBLIC_URL="https://portal.example.com")).flask()
    assert flask["SESSION_COOKIE_NAME"] == "__Host-session"
    assert flask["SESSION_COOKIE_SECURE"] is True
    assert flask["TRUSTED_HOSTS"] == ["portal.example.com"]


def test_only_on_this_machine_may_cookies_travel_in_the_clear(tmp_path: Path) -> None:
    flask = from_environment(environment(tmp_path)).flask()
    assert flask["SESSION_COOKIE_SECURE"] is False
    assert set(flask["TRUSTED_HOSTS"]) == {"127.0.0.1", "localhost", "::1"}


def test_postgresql_is_reached_through_psycopg(tmp_path: Path) -> None:
    for scheme in ("postgres", "postgresql"):
        read = from_environment(environment(tmp_path, PORTAL_DATABASE_URL=f"{scheme}://u@h/portal"))
        assert read.database_url == "postgresql+psycopg://u@h/portal"
