"""What a playbook would do with a customer, without doing it: the days, and to whom each step would be given."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal import clock
from portal.playbooks.calendar import anniversary_in, later
from portal.playbooks.giving import Givers
from portal.playbooks.writing import Step, Written

PURCHASES = ("purchase", "first_purchase", "repeat_purchase")


@dataclass(frozen=True)
class Line:
    """A step with its day and its person."""

    on: date
    step: Step
    who: str
    """Who does it, or who is asked; empty for nobody."""
    survey: str = ""
    skipped: str = ""
    """One of `SKIPPED_BY` when it would be skipped."""


@dataclass(frozen=True)
class Seen:
    """A playbook as it would come, were it started by a cause of that day."""

    began_on: date
    fits: bool
    """Could such a cause come for this customer next?"""
    lines: list[Line]


def preview(
    said: Written, customer: Any, holidays: Collection[date], givers: Givers, surveys: Mapping[int, tuple[str, str]]
) -> Seen:
    """The steps as they would come for that customer, by day; `surveys` are (name, state) by id. After a purchase a
    reassurance always stands already.
    """
    began_on = _begins(said.trigger, customer.first_purchase_on)
    days = [(later(began_on, step.after_days, said.calendar, holidays), step) for step in said.steps]
    days.sort(key=lambda each: each[0])
    reassured, asked = said.trigger in PURCHASES or customer.reassured, False
    lines = []
    for day, step in days:
        if step.kind == "survey":
            name, state = surveys.get(step.survey_id or 0, ("", "closed"))
            held = _held(customer, state, asked)
            asked = asked or (not held and said.trigger in PURCHASES)
            lines.append(Line(day, step, customer.reads or customer.name, name, held))
        else:
            id = givers.give(step.given_to, step.user_id, customer.assignee_id)
            doubled = reassured and step.kind == "follow_up" and step.purpose == "reassurance"
            lines.append(Line(day, step, givers.names.get(id or 0, ""), "", "reassured" if doubled else ""))
    return Seen(began_on, _fits(said.trigger, customer), lines)


def _begins(trigger: str, first_purchase_on: date | None) -> date:
    """Today, or the next anniversary."""
    today = clock.today()
    if trigger != "anniversary" or first_purchase_on is None:
        return today
    years = range(max(today.year, first_purchase_on.year + 1), today.year + 3)
    return next(day for year in years if (day := anniversary_in(year, first_purchase_on)) >= today)


def _fits(trigger: str, customer: Any) -> bool:
    if trigger == "first_purchase":
        return customer.first_purchase_on is None
    return trigger not in ("repeat_purchase", "anniversary") or customer.first_purchase_on is not None


def _held(customer: Any, state: str, asked: bool) -> str:
    if state != "active":
        return "not_asking"
    if asked:
        return "asked"
    if not customer.address:
        return "no_address"
    return "opted_out" if customer.silenced else ""
