"""The morning list: whom to call today, and why."""

from itertools import groupby

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal import access, frame
from portal.customers.queries import any_customer
from portal.today import queries
from portal.today.heading import heading
from portal.today.reasons import BY_KEY, BY_RANK, REASONS

today = Blueprint("today", __name__)


@today.get("/")
@access.staff
def index() -> ResponseReturnValue:
    """One list, most urgent first: mine, my team's or everybody's, all of it or one reason."""
    head = heading(current_user, request.args)
    reasons = (BY_KEY[head["reason"]],) if head["reason"] else REASONS
    page = queries.page(reasons, head["assignees"], request.args.get("after"))
    groups = [
        frame.kept_lines(BY_RANK[rank].template, rows, "today", current_user.id)
        for rank, rows in groupby(page.rows, lambda row: row.rank)
    ]
    nobody_yet = not groups and not any_customer()
    return render_template("today/index.html", page=page, groups=groups, nobody_yet=nobody_yet, **head)
