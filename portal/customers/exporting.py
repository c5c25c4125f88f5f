"""The list of customers as a table for a spreadsheet."""

from collections.abc import Collection, Iterator
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement

from portal.customers.queries import all_by_name
from portal.customers.search import fold
from portal.money import from_minor


def header() -> list[str]:
    """What the columns hold, in the language of the page."""
    return [
        _("Name"), _("Number in other systems"), _("Status"), _("Tags"), _("Assignee"), _("Phone"), _("E-mail"),
        _("City"), _("Last touch"), _("Next touch"), _("Purchase days"), _("Last purchase"), _("Revenue"),
        _("Currency"),
    ]  # fmt: skip


def rows(conditions: Collection[ColumnElement[bool]]) -> Iterator[tuple[Any, ...]]:
    """One row per customer, by name, read in pieces."""
    words = {"prospect": _("prospect"), "buyer": _("buyer"), "client": _("client")}
    for row in all_by_name(conditions):
        yield (
            row.name, row.external_id, words[row.status], _in_order(row.tag_names), row.assignee_name, row.phone,
            row.email, row.city, row.last_touch_on, row.next_touch_on, row.purchase_days, row.last_purchase_on,
            from_minor(row.revenue_minor, row.currency) if row.currency else None, row.currency,
        )  # fmt: skip


def _in_order(tag_names: str | None) -> str:
    return ", ".join(sorted(tag_names.split(", "), key=fold)) if tag_names else ""
