"""Is somebody who was recommended a customer already? Found by the e-mail or the phone in what the client wrote."""

import re
from typing import NamedTuple

from portal.contacts.emails import EmailNotUnderstood, normalise_email
from portal.contacts.phones import PhoneNotUnderstood, normalise_phone

_BREAKS = re.compile(r"[\s,;<>()\"]+")
_PHONE = re.compile(r"\+?[0-9(][0-9\s().\-/]{5,}[0-9]")


class Reached(NamedTuple):
    """An e-mail and a phone, normalised, whichever there is."""

    email: str | None = None
    phone: str | None = None


def reached_by(text: str, region: str) -> Reached:
    """The first e-mail address and the first phone number in a text that people wrote for people."""
    return Reached(_email_in(text), _phone_in(text, region))


def _email_in(text: str) -> str | None:
    for word in _BREAKS.split(text):
        if "@" in word:
            try:
                return normalise_email(word)
            except EmailNotUnderstood:
                continue
    return None


def _phone_in(text: str, region: str) -> str | None:
    for found in _PHONE.finditer(text):
        try:
            return normalise_phone(found[0], region)
        except PhoneNotUnderstood:
            continue
    return None
