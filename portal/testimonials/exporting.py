"""Testimonials as a table for a spreadsheet."""

from collections.abc import Iterable, Iterator
from typing import Any

from flask_babel import gettext as _

from portal.testimonials.models import PLACES
from portal.testimonials.wording import place


def header() -> list[str]:
    """What the columns hold, in the language of the page."""
    places = [str(place(each)).capitalize() for each in PLACES]
    return [_("Words"), _("Signed"), _("Customer"), _("Contact"), *places, _("Allowed on"), _("How"), _("Withdrawn on")]


def rows(found: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
    """One row per testimonial; a withdrawn one may be quoted nowhere."""
    yes = _("yes")
    for row in found:
        where = (yes if getattr(row, each) and not row.withdrawn_on else "" for each in PLACES)
        yield (
            row.text, row.signed, row.customer_name, row.contact_name, *where, row.consented_on, row.evidence,
            row.withdrawn_on,
        )  # fmt: skip
