"""Testimonials and quotable comments, for the tests of the room."""

from typing import Any

from portal.contacts.models import Contact
from portal.customers.models import Customer
from portal.customers.queries import customer_for_change
from portal.extensions import db
from portal.responses import answering
from portal.responses import queries as answers
from portal.responses.models import Response
from portal.testimonials import queries, quoting
from portal.testimonials.models import PLACES, Testimonial
from tests.cast import Cast
from tests.responses.asking import Question, ask
from tests.touches import a_contact, a_customer


def a_testimonial(cast: Cast, **fields: Any) -> tuple[Testimonial, Customer, Contact]:
    """Ana of the hotel allows everything, by e-mail."""
    customer = a_customer(cast)
    ana = a_contact(customer)
    said: dict[str, Any] = {
        "text": "The terrace was ready on the day they had said", "places": PLACES, "evidence": "by e-mail to Lucía",
        "signed": "Ana Robles, Hotel Sierra Azul", "contact_id": ana.id,
    }  # fmt: skip
    made = quoting.quote(customer, quoting.Said(**said | fields), cast.support)
    db.session.commit()
    return made, customer, ana


def a_comment(cast: Cast, quote: str = "name", n: int = 1) -> tuple[Question, Response]:
    """Ana Torres of a hotel answers 9, says why, and allows us to quote it (or not, with an empty `quote`)."""
    question = ask(cast, n=n)
    asked = answers.invited_for_change(question.invitation.id)
    assert asked is not None
    answering.answer(asked, answering.Said(9, f"On the day they had said, {n}", locale="en"))
    response = answers.standing_response_for_change(question.invitation.id)
    assert response is not None
    response.add([], quote, ("website", "printed"))
    db.session.commit()
    return question, response


def quoted(cast: Cast, response_id: int) -> Testimonial:
    """The comment as a testimonial."""
    response = queries.answer_to_quote(response_id)
    assert response is not None
    customer = customer_for_change(response.customer_id)
    assert customer is not None
    made = quoting.quote_answer(response, customer, "Ana Torres", cast.support)
    db.session.commit()
    return made
