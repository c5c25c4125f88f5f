"""The ledger as a table for a spreadsheet."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement

from portal.money import from_minor
from portal.purchases.queries import all_purchases


def header() -> list[str]:
    """What the columns hold, in the language of the page."""
    return [_("Date"), _("Customer"), _("Amount"), _("Currency"), _("Number"), _("What was bought"), _("Voided")]


def rows(conditions: Sequence[ColumnElement[bool]]) -> Iterator[tuple[Any, ...]]:
    """One row per purchase, the newest first, read in pieces."""
    voided = _("voided")
    for row in all_purchases(conditions):
        yield (
            row.purchased_on, row.customer_name, from_minor(row.amount_minor, row.currency), row.currency,
            row.number, row.description, voided if row.voided_at else "",
        )  # fmt: skip
