"""The customers of a trial that has ended, as a table for a spreadsheet."""

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _

from portal.trials.queries import all_members


def header() -> list[str]:
    """What the columns hold, in the language of the page."""
    return [_("Number"), _("Customer"), _("Group"), _("Bought since"), _("Touched since")]


def rows(trial: Any) -> Iterator[tuple[Any, ...]]:
    """One row per customer, by number, read in pieces."""
    groups = {True: _("untouched"), False: _("worked")}
    words = {True: _("yes"), False: ""}
    for row in all_members(trial):
        yield row.customer_id, row.name, groups[row.untouched], words[bool(row.bought)], words[bool(row.touched)]
