"""`/healthz`: is the portal up, its database at hand and at the newest migration, its worker alive?

For those who watch over it: no sign-in, no personal data, and nothing is written.
"""

import re
from datetime import timedelta
from functools import cache
from pathlib import Path

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from portal import clock
from portal.config import ROOT
from portal.extensions import db
from portal.mail.models import Heartbeat

health = Blueprint("health", __name__)
BEAT_SECONDS = 30
STALE = timedelta(seconds=90)
REVISION = re.compile(r'^revision\b.*?= "(\w+)"', re.MULTILINE)
FOLLOWED = re.compile(r'^down_revision\b.*?= "(\w+)"', re.MULTILINE)


@health.get("/healthz")
def show() -> ResponseReturnValue:
    """200 when all is well, 503 when something is not; the answer says what."""
    found = {"up": True, "database": False, "migrated": False, "worker": False}
    try:
        found["migrated"] = (
            set(db.session.scalars(text("SELECT version_num FROM alembic_version"))) == newest_migrations()
        )
        found["database"] = True
        beat = db.session.scalar(select(Heartbeat.beat_at).where(Heartbeat.name == "worker"))
        found["worker"] = beat is not None and clock.now() - beat < STALE
    except SQLAlchemyError:
        db.session.rollback()
    well = all(found.values())
    return jsonify(status="ok" if well else "not ok", **found), 200 if well else 503


def beat() -> None:
    """The worker says that it is alive. Commits."""
    heart = db.session.get(Heartbeat, "worker") or Heartbeat(name="worker")
    heart.beat_at = clock.now()
    db.session.add(heart)
    db.session.commit()


@cache
def newest_migrations() -> set[str]:
    """The revisions that no other follows: one, unless two branches of history meet."""
    sources = [path.read_text() for path in Path(ROOT, "migrations", "versions").glob("*.py")]
    revisions = {found for source in sources for found in REVISION.findall(source)}
    return revisions - {found for source in sources for found in FOLLOWED.findall(source)}
