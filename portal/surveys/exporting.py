"""The answers to a survey as a table for a spreadsheet."""

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _

from portal.surveys.models import Survey
from portal.surveys.queries import all_answers
from portal.testimonials.quoting import allowed
from portal.testimonials.wording import place


def header() -> list[str]:
    """What the columns hold, in the language of the page."""
    return [
        _("Date"), _("Customer"), _("Contact"), _("Score"), _("Feeling"), _("Comment"), _("Further answers"),
        _("Assignee"), _("Taken by us"), _("May be called"), _("May be quoted"),
    ]  # fmt: skip


def rows(survey: Survey) -> Iterator[tuple[Any, ...]]:
    """One row per standing answer, the newest first, read in pieces."""
    feelings = {"unhappy": _("unhappy"), "neutral": _("neutral"), "happy": _("happy")}
    quotes = {"": "", "name": _("with the name"), "anonymous": _("without the name")}
    yes = _("yes")
    for row in all_answers(survey.id):
        yield (
            row.answered_on, row.customer_name, row.contact_name, row.score, feelings[survey.scale.feeling(row.score)],
            row.comment, _further(row.answers), row.assignee_name, yes if row.source == "staff" else "",
            yes if row.may_call else "", ": ".join([quotes[row.quote], *_where(row)]),
        )  # fmt: skip


def _where(row: Any) -> list[str]:
    """Where a comment that may be quoted may be quoted."""
    return [", ".join(place(each) for each in allowed(row))] if row.quote else []


def _further(answers: list[dict[str, Any]]) -> str:
    return "\n".join(f"{each['question']} {each['answer']}" for each in answers)
