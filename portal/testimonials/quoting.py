"""Quoting: what a customer said becomes a testimonial, by hand or from a survey's comment, and follows what the client
says about that comment later.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from babel.dates import format_date

from portal import clock
from portal.customers.models import Customer, IsArchived
from portal.extensions import db
from portal.language import DEFAULT, speaking, words_in
from portal.responses.models import QUOTE_PLACES, Response
from portal.rules import N_, BrokenRule
from portal.settings.queries import the_firm
from portal.testimonials import queries
from portal.testimonials.models import PLACES, NowhereToQuote, Testimonial
from portal.testimonials.wording import place as in_words

if TYPE_CHECKING:
    from portal.users.models import User

LONGEST_AGO = timedelta(days=3660)
TALKS = "talks"
"""Where whatever may be quoted at all may be quoted."""
ASKED = N_("Answered “%(said)s” (%(where)s) to “May we quote what you wrote?”, after the survey of %(day)s.")
BY_NAME, WITHOUT_NAME = N_("Yes, with my name"), N_("Yes, without my name")
TAKEN_BACK = N_("Took the permission to quote back, after the survey.")
STANDS_NO_LONGER = N_("The answer that it came from stands no longer.")
UNSAID = N_("Took the comment back, after the survey.")


class NotAllowed(BrokenRule):
    """Nobody is quoted who has not said yes."""

    message = N_("The client has not allowed this answer to be quoted.")


class NotThatDay(BrokenRule):
    """A permission is something that was given."""

    message = N_("Choose a day that has been, of the last ten years.")


@dataclass(frozen=True)
class Said:
    """What somebody said, where it may be quoted, and how they allowed it."""

    text: str
    places: tuple[str, ...]
    evidence: str
    signed: str = ""
    on: date | None = None
    """The day on which they allowed it; today when not said."""
    contact_id: int | None = None
    response_id: int | None = None
    form_id: str | None = None


def quote(customer: Customer, said: Said, by: "User") -> Testimonial:
    """Write a testimonial down with its event. Raises `NotThatDay`, `NowhereToQuote` or `IsArchived`."""
    on = checked(said.on or clock.today())
    if customer.is_archived:
        raise IsArchived
    if not said.places:
        raise NowhereToQuote
    testimonial = Testimonial(
        customer_id=customer.id, contact_id=said.contact_id, response_id=said.response_id, text=said.text,
        signed=said.signed, consented_on=on, evidence=said.evidence, form_id=said.form_id, created_by_id=by.id,
        created_at=clock.now(), **{place: place in said.places for place in PLACES},
    )  # fmt: skip
    db.session.add(testimonial)
    testimonial.note("given", by)
    return testimonial


def checked(on: date) -> date:
    """The day, if something can have been allowed on it. Raises `NotThatDay`."""
    today = clock.today()
    if not today - LONGEST_AGO <= on <= today:
        raise NotThatDay
    return on


def quote_answer(response: Response, customer: Customer, name: str, by: "User") -> Testimonial:
    """Make a survey's comment a testimonial, where the client allowed it; one that there is already, again.

    A yes holds for talks with other customers, and for the places that were ticked. `name` is the person's. Raises
    `NotAllowed` or `IsArchived`. The answer must be locked.
    """
    known = queries.of_response_for_change(response.id)
    if known is not None:
        return known
    if not (response.quote and response.comment and response.state == "standing"):
        raise NotAllowed
    by_name, asked_at = response.quote == "name", response.quote_asked_at or response.answered_at
    said = Said(
        text=response.comment, places=allowed(response), on=clock.day_of(asked_at), contact_id=response.contact_id,
        response_id=response.id, signed=signature(name, customer.name) if by_name else "", evidence=_evidence(response),
    )  # fmt: skip
    return quote(customer, said, by)


def allowed(response: Any) -> tuple[str, ...]:
    """Where the client allowed the comment to be quoted: in talks, and wherever else was ticked."""
    return tuple(place for place in PLACES if place in (TALKS, *response.quote_places.split()))


def _evidence(response: Response) -> str:
    """What the client answered on the thank-you page, in the firm's language."""
    answer = _word(BY_NAME if response.quote == "name" else WITHOUT_NAME)
    with speaking(_locale()):
        where = ", ".join(in_words(place) for place in allowed(response))
    return _word(ASKED, said=answer, where=where, day=_said_day(response.answered_on))


def signature(name: str, customer: str) -> str:
    """What stands under a testimonial: "Ana Robles, Hotel Sierra Azul"; one name for who is the customer."""
    return f"{name}, {customer}"[:200] if name and name != customer else customer


def follow(response: Response, comment_was: str | None = None, places_were: str | None = None) -> None:
    """What the client, or a colleague, has just said about an answer holds for the testimonial made of it: taken back,
    it is withdrawn at once; corrected, it says what they say now; whoever wants no name is quoted without one, and no
    longer where they have just said no. `places_were` is the answer's own `quote_places` before that.
    """
    db.session.flush()
    testimonial = queries.of_response_for_change(response.id)
    if testimonial is None or testimonial.is_withdrawn:
        return
    if response.state != "standing":
        testimonial.withdraw(None, _word(STANDS_NO_LONGER))
    elif not response.quote:
        testimonial.withdraw(None, _word(TAKEN_BACK))
    elif not response.comment:
        testimonial.withdraw(None, _word(UNSAID))
    else:
        said = {"text": response.comment} if testimonial.text == comment_was else {}
        name = {"signed": ""} if response.quote == "anonymous" else {}
        testimonial.change(None, **said, **name, **_moved(testimonial, response, places_were))


def _moved(testimonial: Testimonial, response: Response, places_were: str | None) -> dict[str, Any]:
    """What the client has just allowed in another place, or no longer: somebody may have narrowed it meanwhile."""
    if places_were is None or places_were == response.quote_places:
        return {}
    were, now = places_were.split(), response.quote_places.split()
    moved = {place: place in now for place in QUOTE_PLACES if (place in were) != (place in now)}
    if not any(moved.get(place, getattr(testimonial, place)) for place in PLACES):
        moved[TALKS] = True
    return moved | {"evidence": _evidence(response), "consented_on": clock.today()}


def _word(text: str, **values: str) -> str:
    """In the firm's language, since the client's page may speak another."""
    return words_in(_locale(), text, **values)


def _said_day(day: date) -> str:
    return str(format_date(day, "d MMM y", _locale()))


def _locale() -> str:
    firm = the_firm()
    return firm.locale if firm else DEFAULT
