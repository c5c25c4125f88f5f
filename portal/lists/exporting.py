"""A list as a table for a spreadsheet, with the reasons in words."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from flask_babel import gettext as _

from portal.customers.search import fold
from portal.lists.wording import reason
from portal.money import from_minor


def header() -> list[str]:
    """What the columns hold, in the language of the page."""
    return [
        _("Customer"), _("Number in other systems"), _("Status"), _("Tags"), _("Reason"), _("Since"), _("At stake"),
        _("Currency"), _("Assignee"), _("Last touch"), _("Last purchase"), _("Phone"), _("E-mail"), _("City"),
    ]  # fmt: skip


def rows(entries: Iterable[Any], as_of: date) -> Iterator[tuple[Any, ...]]:
    """One row per entry, in the order of the list."""
    words = {"prospect": _("prospect"), "buyer": _("buyer"), "client": _("client")}
    for row in entries:
        at_stake = from_minor(row.at_stake_minor, row.currency) if row.currency else None
        yield (
            row.name, row.external_id, words[row.status], _in_order(row.tag_names), reason(row, as_of).striptags(),
            row.due_on, at_stake, row.currency, row.assignee_name, row.last_touch_on, row.last_purchase_on,
            row.phone, row.email, row.city,
        )  # fmt: skip


def _in_order(tag_names: str | None) -> str:
    return ", ".join(sorted(tag_names.split(", "), key=fold)) if tag_names else ""
