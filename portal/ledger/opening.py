"""Opening the ledger to a contact: one link each, made when it is first asked for, renewed when it has run out."""

from datetime import date, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask_babel import gettext as _

from portal import clock
from portal.contacts.models import Contact
from portal.customers.models import IsArchived
from portal.extensions import db
from portal.invitations.mailing import Office
from portal.invitations.tokens import hash_of, new_seed, token_again, token_of
from portal.language import speaking
from portal.ledger import queries
from portal.ledger.models import LedgerLink
from portal.mail import outbox
from portal.rules import N_, BrokenRule
from portal.settings.models import Firm
from portal.surveys.wording import first_name
from portal.timeline.models import record

if TYPE_CHECKING:
    from portal.users.models import User

PURPOSE = "promises"


class HasLeft(BrokenRule):
    """Whoever is put away is shown nothing."""

    message = N_("This person is archived. Restore them first.")


class NoAddress(BrokenRule):
    """A mail needs somewhere to go."""

    message = N_("We know no e-mail of this person.")


def open_to(contact: Contact, firm: Firm, office: Office, by: "User | None") -> LedgerLink:
    """The contact's link, made if there is none, renewed if it has run out. The contact is locked, its customer loaded.

    One whose address nobody can make again, since its secret key is gone, is ended and another takes its place.
    Raises `HasLeft` or `IsArchived`.
    """
    if contact.is_archived:
        raise HasLeft
    if contact.customer.is_archived:
        raise IsArchived
    link, until = queries.living_link_for_change(contact.id), last_day(firm)
    if link is not None and address(link, office) is None:
        link.end(by)
        db.session.flush()
        link = None
    if link is None:
        return _make(contact, until, office, by)
    if link.has_run_out:
        link.renew(by, until)
    return link


def last_day(firm: Firm) -> date:
    """The last day of a link that is made or renewed today."""
    return clock.today() + timedelta(days=firm.ledger_days)


def _make(contact: Contact, until: date, office: Office, by: "User | None") -> LedgerLink:
    seed = new_seed()
    link = LedgerLink(
        customer_id=contact.customer_id, contact=contact, seed=seed, expires_on=until,
        token_hash=hash_of(token_of(seed, office.secret_keys[0], PURPOSE)), created_by_id=by.id if by else None,
        created_at=clock.now(),
    )  # fmt: skip
    db.session.add(link)
    record(
        "ledger.opened", by=by, customer_id=contact.customer_id, subject=link, contact=contact.name,
        until=until.isoformat(),
    )  # fmt: skip
    return link


def address(link: LedgerLink, office: Office) -> str | None:
    """Where the link leads; None when the key that it was made with is gone."""
    token = token_again(link.seed, link.token_hash, office.secret_keys, PURPOSE)
    return f"{office.public_url}/p/{token}" if token else None


def send(link: LedgerLink, url: str, firm: Firm, by: "User") -> None:
    """Send it by mail, in the contact's language; the link's contact is loaded. Raises `NoAddress`."""
    contact = link.contact
    if not contact.email:
        raise NoAddress
    link.note_sent(by)
    outbox.post(
        "promises", contact.email, contact.locale or firm.locale, name=first_name(contact.name), link=url,
        expires_on=link.expires_on.isoformat(),
    )  # fmt: skip


def whatsapp(contact: Contact, url: str, firm: Firm) -> str:
    """An address that opens WhatsApp with the message written, to the person's number when we know it."""
    with speaking(contact.locale or firm.locale):
        message = _(
            "Hello %(name)s, here you see what %(firm)s and you promised each other:",
            name=first_name(contact.name),
            firm=firm.name,
        )
    return f"https://wa.me/{(contact.phone or '').lstrip('+')}?{urlencode({'text': f'{message} {url}'})}"
