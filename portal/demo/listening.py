"""How the demo's customers are heard: asked after a purchase and now and then, answering as they feel, or not at all.

Everything goes through the verbs of the public page and of the staff; only the mails are taken as read.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from portal import clock
from portal.advocacy.referring import ASK_WITHIN, Referred, refer
from portal.commitments.models import Commitment
from portal.contacts.models import Contact
from portal.customers.models import Customer
from portal.demo.words import Words
from portal.extensions import db
from portal.invitations.asking import after_recovery
from portal.invitations.inviting import Asking, invite
from portal.invitations.models import Invitation
from portal.invitations.queries import budget_of
from portal.responses import answering, deciding, queries, taking
from portal.responses.models import QUOTE_PLACES
from portal.settings.models import Firm
from portal.surveys.models import Survey
from portal.surveys.scales import Scale
from portal.timeline.models import record
from portal.users.models import User

ANSWER = 0.34
"""How many of those who are asked answer."""
Later = Callable[[float, Callable[[], None]], bool]
"""Lets something happen so many days later."""


@dataclass(frozen=True)
class Follow:
    """What the staff do about what they hear: settle a promise by its day, and make a planned call on its day."""

    settle: Callable[[int, date], None]
    call: Callable[[date], None]
    named: Callable[[int], None] = lambda _id: None
    """Somebody was recommended, by the id of the referral."""
    allowed: Callable[[int], None] = lambda _id: None
    """A comment may be quoted, by the id of the answer."""


class Listener:
    """What the whole firm asks: its surveys by their occasion, and how links are made."""

    def __init__(self, words: Words, firm: Firm, surveys: dict[str, Survey], chance: Random, secret_key: str) -> None:
        self.words, self.firm, self.surveys, self.chance, self.secret_key = words, firm, surveys, chance, secret_key
        self.behind_since = clock.today() - timedelta(days=10)
        """Lately the workshop is late with everything, so that somebody waits to be made happy again."""
        self.taken = 0

    def asking(self, channel: str = "email", by: User | None = None) -> Asking:
        """By that way, by a colleague or by the portal itself."""
        return Asking(self.firm, self.secret_key, channel=channel, by=by)

    def ask(
        self, occasion: str, customer: Customer, person: Contact | None, cause: str, by: User | None
    ) -> Invitation | None:
        """Ask a person who has not been asked too often and can be reached; None otherwise."""
        today = clock.today()
        reached = (person.email if person else None) or customer.email
        budget = budget_of(self.firm, [customer.id], today)
        if not reached or budget.free_on((customer.id, person.id if person else None), today) > today:
            return None
        channel = self.chance.choice(("email", "email", "whatsapp", "link", "qr")) if by else "email"
        invitation = invite(self.surveys[occasion], customer, cause, self.asking(channel, by), person)
        return self.sent(invitation, self.surveys[occasion], person)

    def sent(self, invitation: Invitation, survey: Survey, person: Contact | None) -> Invitation:
        """A mail is taken as sent and delivered at once."""
        if invitation.is_waiting:
            invitation.sent_on, invitation.sent_at, invitation.delivered_at = clock.today(), clock.now(), clock.now()
            invitation.expires_on = clock.today() + timedelta(days=self.firm.answer_within_days)
            self._note("asked", invitation, survey, person)
        db.session.flush()
        return invitation

    def remind(self, invitation: Invitation, survey: Survey, person: Contact | None) -> None:
        """The one reminder."""
        if invitation.can_be_reminded and invitation.is_open:
            invitation.remind()
            self._note("reminded", invitation, survey, person)

    def _note(self, verb: str, invitation: Invitation, survey: Survey, person: Contact | None) -> None:
        record(
            f"survey.{verb}", by=None, customer_id=invitation.customer_id, subject=invitation, name=survey.name,
            channel=invitation.channel, contact=person.name if person else "",
        )  # fmt: skip


class Voice:
    """What one customer says of us: some are hard to please, most are content."""

    def __init__(self, listener: Listener, later: Later, follow: Follow) -> None:
        self.listener, self.later, self.follow, self.chance = listener, later, follow, listener.chance
        self.content = self.chance.betavariate(3.4, 1.4)

    def asked(
        self, occasion: str, customer: Customer, person: Contact | None, cause: str, by: User | None = None
    ) -> None:
        """Asked; and some days later answered, or reminded, and perhaps answered then."""
        invitation = self.listener.ask(occasion, customer, person, cause, by)
        if invitation is not None:
            self._listen(invitation.id, self.listener.surveys[occasion], person)

    def asked_whether_right(self, commitment: Commitment) -> None:
        """A recovery was kept."""
        invitation = after_recovery(commitment, self.listener.asking())
        if invitation is not None:
            survey = self.listener.surveys["after_recovery"]
            person = db.session.get(Contact, commitment.contact_id) if commitment.contact_id else None
            self._listen(self.listener.sent(invitation, survey, person).id, survey, person)

    def _listen(self, invitation_id: int, survey: Survey, person: Contact | None) -> None:
        if self.chance.random() < ANSWER:
            self.later(self.chance.choice((0.2, 0.5, 1, 1, 2, 3)), lambda: self.answer(invitation_id, survey))
        else:
            self.later(self.listener.firm.remind_after_days, lambda: self.be_reminded(invitation_id, survey, person))

    def be_reminded(self, invitation_id: int, survey: Survey, person: Contact | None) -> None:
        """Some need it."""
        invitation = db.session.get(Invitation, invitation_id)
        if invitation is not None:
            self.listener.remind(invitation, survey, person)
            if self.chance.random() < ANSWER / 2:
                self.later(self.chance.choice((1, 2, 4)), lambda: self.answer(invitation_id, survey))

    def answer(self, invitation_id: int, survey: Survey) -> None:
        """Say how it was; the happy may recommend us; now and then somebody else answers too."""
        asked = queries.invited_for_change(invitation_id)
        if asked is None or not asked.is_open or asked.answered_at is not None:
            return
        score, comment = self.says(survey.scale, 0.3 if survey.occasion == "after_recovery" else 0)
        may_call = self.chance.random() < 0.3
        answering.answer(asked, answering.Said(score, comment, may_call, asked.locale))
        self._hear(invitation_id)
        if survey.scale.feeling(score) == "happy" and self.chance.random() < 0.2:
            self._recommend(invitation_id)
        chance = self.chance.random()
        if chance < 0.02:
            self.later(0.3, lambda: self._contradict(invitation_id, survey))
        elif chance < 0.03:
            self.later(0.3, lambda: self._disavow(invitation_id))

    def _hear(self, invitation_id: int) -> None:
        """What was promised for an answer is going to be settled."""
        asked = queries.invited_for_change(invitation_id)
        if asked is not None and asked.commitment_id and asked.due_on and asked.commitment_state == "open":
            self.follow.settle(asked.commitment_id, asked.due_on)

    def says(self, scale: Scale, relieved: float = 0) -> tuple[int, str]:
        """A score, and a comment that goes with it, or none. `relieved` is what having been made right adds."""
        felt = min(1.0, max(0.0, self.chance.gauss(self.content + 0.05 + relieved, 0.17)))
        if not relieved and clock.today() > self.listener.behind_since and self.chance.random() < 0.4:
            felt *= 0.3
        score = scale.lowest + round(felt * (scale.highest - scale.lowest))
        comments = self.listener.words.comments[scale.feeling(score)]
        return score, self.chance.choice(comments) if self.chance.random() < 0.6 else ""

    def _recommend(self, invitation_id: int) -> None:
        """Permission to quote, or a friend's name."""
        response = queries.standing_response_for_change(invitation_id)
        customer = db.session.get(Customer, response.customer_id) if response else None
        if response is None or customer is None:
            return
        if response.comment:
            response.add([], self.chance.choice(("name", "name", "anonymous")), self._places(response.id))
            self.follow.allowed(response.id)
        if self.chance.random() < 0.5:
            words = self.listener.words
            name = f"{self.chance.choice(words.first_names)} {self.chance.choice(words.last_names)}"
            referral = refer(customer, Referred(name, contact_id=response.contact_id, response_id=response.id))
            self.follow.call(clock.today() + ASK_WITHIN)
            self.follow.named(referral.id)

    @staticmethod
    def _places(response_id: int) -> tuple[str, ...]:
        """Most allow the website, some more; a few only that we tell it. Not by chance, whose story stays the same."""
        return (("website",), QUOTE_PLACES, (), ("website", "social"))[response_id % 4]

    def _contradict(self, invitation_id: int, survey: Survey) -> None:
        asked = queries.invited_for_change(invitation_id)
        if asked is not None and asked.is_open:
            score, comment = self.says(survey.scale)
            answering.answer(asked, answering.Said(score, comment, locale=asked.locale))
            self.later(self.chance.choice((1, 3, 8)), lambda: self._decide(invitation_id))

    def _decide(self, invitation_id: int) -> None:
        """A colleague leaves the first answer, or lets the other one count."""
        invitation = db.session.get(Invitation, invitation_id)
        by = db.session.get(User, invitation.assignee_id) if invitation and invitation.assignee_id else None
        if invitation is None or by is None:
            return
        for row in queries.responses_of_invitation(invitation.customer_id, invitation_id):
            response = queries.response_to_show(row.id)
            if response is not None and response.state == "quarantined":
                deciding.dismiss(response, invitation, by)

    def _disavow(self, invitation_id: int) -> None:
        asked = queries.invited_for_change(invitation_id)
        if asked is not None:
            answering.disavow(asked)

    def said_on_the_phone(self, customer: Customer, person: Contact | None, by: User) -> None:
        """A colleague reads the question out and writes down what they say."""
        survey = self.listener.surveys["by_hand"]
        score, comment = self.says(survey.scale)
        self.listener.taken += 1
        heard = taking.Heard(score, comment, f"demo-{self.listener.taken}")
        taking.take(survey, customer, person, heard, self.listener.asking("phone", by), by)
        taken = queries.taken_line(heard.form_id)
        if taken is not None:
            self._hear(taken.invitation_id)
