"""Which objection somebody means who logs a follow-up: a chosen one, one whose words were typed, or a new one."""

import re
from typing import TYPE_CHECKING

from portal.objections import library, queries
from portal.objections.models import Heard, Objection
from portal.rules import N_, BrokenRule

if TYPE_CHECKING:
    from portal.users.models import User

NEW = "new"
_CHOICE = re.compile(r"([1-9][0-9]{0,17})(?:-([1-9][0-9]{0,17}))?")


class WhichOne(BrokenRule):
    """Several hold what was typed."""

    message = N_("Which objection is it? Choose one, or write it down as a new one.")


class NotThere(BrokenRule):
    """What was chosen is not, or no longer, in the library."""

    message = N_("That objection is no longer there. Choose another one.")


def hear(chosen: str, typed: str, by: "User") -> Heard | None:
    """What is to be recorded: `chosen` is an objection's id, or that with `-` and the id of the answer given, or `new`;
    without a choice the words decide. Nothing of neither. Raises `WhichOne` or `NotThere`.
    """
    if chosen and chosen != NEW:
        return _chosen(chosen)
    if not typed:
        return None
    if chosen == NEW:
        return _heard(library.on_the_spot(typed, by))
    found = queries.meant_by(typed)
    if len(found) > 1:
        raise WhichOne
    return _heard(found[0] if found else library.on_the_spot(typed, by))


def _chosen(choice: str) -> Heard:
    ids = _CHOICE.fullmatch(choice)
    objection = queries.objection_to_record(int(ids[1])) if ids else None
    if ids is None or objection is None:
        raise NotThere
    if ids[2] and queries.answer_of(objection.id, int(ids[2])) is None:
        raise NotThere
    return Heard(objection.id, int(ids[2]) if ids[2] else None, objection.text)


def _heard(objection: Objection) -> Heard:
    held = queries.objection_to_record(objection.id)
    if held is None:
        raise NotThere
    return Heard(held.id, None, held.text)
