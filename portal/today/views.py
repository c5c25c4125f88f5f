"""The morning list: whom to call today, and why."""

from itertools import groupby

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import access, frame
from portal.customers.queries import any_customer
from portal.today import queries
from portal.today.heading import asked_for, heading

today = Blueprint("today", __name__)


@today.get("/")
@access.staff
def index() -> ResponseReturnValue:
    """One list, most urgent first: mine, my team's or everybody's, all of it or one reason."""
    asked = asked_for(current_user, request.args)
    found = queries.morning(asked.reasons, asked.assignees, request.args.get("after"))
    groups = [
        frame.kept_lines(matter.template, (row for _, row in rows), "today", current_user.id)
        for matter, rows in groupby(found.page.rows, lambda each: each[0].matter)
    ]
    nobody_yet = not groups and not any_customer()
    head = heading(current_user, asked, found.counts)
    return render_template("today/index.html", page=found.page, groups=groups, nobody_yet=nobody_yet, **head)
