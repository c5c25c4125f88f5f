"""What every test shares: the app on the database under test, an empty database each time, and the cast.

The suite runs once on SQLite and once on PostgreSQL: `PORTAL_TEST_DATABASE` says which. Both run every test, except for
those marked `once`, whose subject no database can change (how a page looks, a calculation), which are left out on
PostgreSQL, and those marked `postgresql`, about what only PostgreSQL does, which are left out on SQLite.
"""

import gc
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask_migrate import upgrade
from hypothesis import HealthCheck
from hypothesis import settings as searching
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import event, text

from portal import clock, create_app
from portal.config import Settings
from portal.extensions import db, huey, limiter, reading_only
from portal.language import DEFAULT, speak
from portal.settings.models import Firm
from portal.users.models import User
from tests.browser import Browser, sign_in
from tests.cast import Cast
from tests.recorder import QueryRecorder

pytest_plugins = ["tests.postgres"]
searching.register_profile("portal", deadline=None, suppress_health_check=[HealthCheck.too_slow])
searching.load_profile("portal")  # how busy the machine is says nothing about the code

ON_POSTGRESQL = os.environ.get("PORTAL_TEST_DATABASE") == "postgresql"
PASSWORD = "a long enough password"


def pytest_collection_finish() -> None:
    """From here on there is garbage: not among what has been imported, and as seldom looked for as in a server."""
    gc.freeze()
    gc.set_threshold(5_000, 20, 20)
    gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is marked as not of this database's, and begin with what takes long.

    Each worker is handed two tests to begin with: what takes long is followed by what does not.
    """
    left_out = [item for item in items if item.get_closest_marker("once" if ON_POSTGRESQL else "postgresql")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]
    long = [item for item in items if item.get_closest_marker("long")]
    others = [item for item in items if not item.get_closest_marker("long")]
    items[:] = [*chain.from_iterable(zip(long, others, strict=False)), *long[len(others) :], *others[len(long) :]]


@pytest.fixture(scope="session")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The instance folder of this test worker."""
    return tmp_path_factory.mktemp("instance")


@pytest.fixture(scope="session")
def database_url(instance: Path) -> str:
    """The database under test: this worker's own."""
    if ON_POSTGRESQL:
        from tests.postgres import server_url  # a plugin: pytest must be the first to import it

        return server_url(f"portal_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}")
    return f"sqlite:///{instance / 'portal.db'}"


@pytest.fixture(scope="session")
def settings(instance: Path, database_url: str) -> Settings:
    """Settings as a test worker has them."""
    return Settings(
        instance=instance,
        database_url=database_url,
        secret_key="a secret that only the tests know, 0123456789",
        mail_url="memory:",
        public_url="http://localhost",
        testing=True,
    )


@pytest.fixture(scope="session")
def templates() -> Path:
    """Where whichever worker needs a template first leaves it compiled for the others."""
    from tests.postgres import SHARED_FOLDER  # a plugin: pytest must be the first to import it

    folder = Path(os.environ[SHARED_FOLDER]) / "templates"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def migrated_app(settings: Settings, templates: Path) -> Flask:
    """The app, its schema made by the migrations, and kept aside as it is before any test."""
    app = create_app(settings)
    app.test_client_class = Browser
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(templates))
    with app.app_context():
        if not ON_POSTGRESQL:
            event.listen(db.engine, "connect", _in_tests)
        _migrate(settings, templates.parent / "empty.db")
    return app


def _migrate(settings: Settings, empty: Path) -> None:
    """Whichever worker comes first does it; the others copy what it has made."""
    from tests import postgres  # a plugin: pytest must be the first to import it

    server = postgres.shared_server() if ON_POSTGRESQL else None
    with postgres.only_one_of_the_workers():
        if not empty.exists():
            upgrade()
            db.engine.dispose()
            if server:
                postgres.copy_database(server, str(db.engine.url.database), "portal_empty")
                empty.touch()
            else:
                shutil.copy(settings.instance / "portal.db", empty)
        elif server:
            postgres.copy_database(server, "portal_empty", str(db.engine.url.database))
        if not server:
            shutil.copy(empty, settings.instance / "empty.db")


def _in_tests(connection: sqlite3.Connection, _: object) -> None:
    """Nothing in the workers' databases has to survive a power cut; those of the tests that kill have their own.

    And rows that are asked for in no order come in another one than they were written in, as they may on PostgreSQL,
    where they mostly do not: whoever relies on an order has to say so.
    """
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA reverse_unordered_selects=ON")


@pytest.fixture
def app(migrated_app: Flask, settings: Settings) -> Iterator[Flask]:
    """The app with an empty database, inside an application context of the test's own."""
    with migrated_app.app_context():
        _empty_database(settings)
        limiter.reset()
        huey.storage.flush_all()
        clock.use_zone("America/Mexico_City")
        reading_only.set(False)
        yield migrated_app
        db.session.remove()


@pytest.fixture(autouse=True)
def first_language() -> None:
    """Every test begins in the language that tests read in, whatever the one before it spoke."""
    speak(DEFAULT)


EMPTYING = """DO $$
DECLARE
    one text;
    is_used boolean;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR one IN SELECT relname FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %I)', one) INTO is_used;
        IF is_used THEN
            EXECUTE format('DELETE FROM %I', one);
        END IF;
    END LOOP;
    PERFORM setval(format('%I.%I', schemaname, sequencename), start_value, false)
        FROM pg_sequences WHERE last_value IS NOT NULL;
END $$"""
"""TRUNCATE makes new files for every table and index, and costs ten times as much as a test's few rows do."""


def _empty_database(settings: Settings) -> None:
    if ON_POSTGRESQL:
        with db.engine.begin() as connection:
            connection.execute(text(EMPTYING))
    else:
        db.engine.dispose()
        for leftover in settings.instance.glob("portal.db*"):
            leftover.unlink()
        shutil.copy(settings.instance / "empty.db", settings.instance / "portal.db")


@pytest.fixture(scope="session")
def password_hash() -> str:
    """A hash of the cast's password that is checked at a thousandth of the usual cost, which it names itself."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


@pytest.fixture
def firm(app: Flask) -> Firm:
    """The firm, in Mexico City, speaking English so that tests read as the code does."""
    firm = Firm(name="Muebles Montaña", locale="en", created_at=clock.now())
    db.session.add(firm)
    db.session.commit()
    return firm


@pytest.fixture
def cast(firm: Firm, password_hash: str) -> Cast:
    """Always the same people: an owner and one user of each other role."""
    people = {
        role: User(
            name=name,
            email=f"{role}@firm.example",
            role=role,
            password_hash=password_hash,
            created_at=clock.now(),
        )
        for role, name in Cast.NAMES.items()
    }
    db.session.add_all(people.values())
    db.session.commit()
    return Cast(**people)


def new_browser(app: Flask) -> Browser:
    """A browser that has not been anywhere yet."""
    client = app.test_client()
    assert isinstance(client, Browser)
    return client


@pytest.fixture
def stranger(app: Flask, firm: Firm) -> Browser:
    """A browser in which nobody is signed in."""
    return new_browser(app)


@pytest.fixture
def browser_of(app: Flask) -> Callable[[User], Browser]:
    """A browser in which that user is signed in."""

    def open_browser(user: User) -> Browser:
        return sign_in(new_browser(app), user)

    return open_browser


@pytest.fixture
def owner(cast: Cast, browser_of: Callable[[User], Browser]) -> Browser:
    """The owner's browser."""
    return browser_of(cast.owner)


@pytest.fixture
def support(cast: Cast, browser_of: Callable[[User], Browser]) -> Browser:
    """The support user's browser."""
    return browser_of(cast.support)


@pytest.fixture
def queries(app: Flask) -> Iterator[QueryRecorder]:
    """Counts the statements that reach the database: `with queries as seen: ...; assert len(seen) <= 6`."""
    recorder = QueryRecorder(db.engine)
    yield recorder
    recorder.stop()
