"""What set-up installs is locked, the same for the tests as for the portal, and bound to no registry."""

import json
import re
from pathlib import Path

import pytest

from portal import set_up

ROOT = Path(__file__).resolve().parent.parent
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==(\S+)$", re.MULTILINE)


def pins(name: str) -> dict[str, str]:
    """The packages of a file of locked requirements, and their versions."""
    return dict(PIN.findall((ROOT / name).read_text()))


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_has_one_version(name: str) -> None:
    lines = [line for line in (ROOT / name).read_text().splitlines() if line and not line.lstrip().startswith("#")]
    assert len(lines) == len(pins(name)) > 40


def test_the_tests_run_what_the_portal_runs() -> None:
    assert pins("requirements.txt").items() <= pins("requirements-dev.txt").items()


def test_the_npm_packages_are_locked_by_their_content() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    packages.pop("")
    assert all("integrity" in package and "resolved" not in package for package in packages.values())


def test_a_step_is_done_again_when_what_it_read_has_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(set_up, "ROOT", tmp_path)
    page = tmp_path / "page.html"
    page.write_text("one")
    before = set_up.fingerprint([page])
    assert set_up.fingerprint([page]) == before
    page.write_text("two")
    assert set_up.fingerprint([page]) != before


def test_what_was_done_is_forgotten_with_the_virtual_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(set_up, "DONE", tmp_path / "set-up.json")
    assert set_up.done("front end") is None
    set_up.note("front end", "abc")
    set_up.note("catalogues", "def")
    assert set_up.done("front end") == "abc"
    (tmp_path / "set-up.json").write_text("half wri")
    assert set_up.done("front end") is None


def test_a_failed_command_stops_with_its_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(set_up, "LOG", tmp_path / "log")
    with pytest.raises(SystemExit):
        set_up.run("sh", "-c", "echo no network; exit 3")
    assert "no network" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        set_up.run("a-program-that-is-not-there")


def test_a_python_without_ensurepip_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(set_up, "VENV", tmp_path / "none")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(SystemExit):
        set_up.virtual_environment()
    assert "apt install python3-venv" in capsys.readouterr().err
