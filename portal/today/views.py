"""The morning list."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal import access

today = Blueprint("today", __name__)


@today.get("/")
@access.staff
def index() -> ResponseReturnValue:
    """Whom to call today, and why."""
    return render_template("today/index.html")
