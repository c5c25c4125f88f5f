"""The shape of answers: of what a public form brings, read by hand, since anybody may send these a thousand times over;
and of what is taken on the phone.
"""

from dataclasses import dataclass, field

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from portal.choices import IdField, NextField, RecordField, WordField
from portal.fields import FormIdField, LongTextField
from portal.forms import Form
from portal.responses.afterwards import More
from portal.responses.models import LONGEST_COMMENT, QUOTE_PLACES, QUOTES
from portal.surveys.scales import SCORES, Scale
from portal.texts import UnfitText, clean_line, clean_text, number_in, without_unfit

LONGEST_ANSWER, LONGEST_NAME, LONGEST_REACH = 1000, 120, 160
PLACES = ("page", "row")
NO_QUOTE = "no"
"""What takes a permission to quote back."""


@dataclass
class AnswerForm:
    """A score, a comment and a tick."""

    score: int | None
    comment: str
    may_call: bool
    error: str = ""
    comment_error: str = ""

    @property
    def is_valid(self) -> bool:
        """Can it be taken as it is?"""
        return not (self.error or self.comment_error)


def read_answer(typed: MultiDict[str, str], scale: Scale) -> AnswerForm:
    """What was sent, with what is wrong about it."""
    score = score_of(typed.getlist("score"), scale)
    comment, fault = _text(typed.get("comment", ""), LONGEST_COMMENT)
    error = "" if score is not None else _("Choose one of the numbers.")
    return AnswerForm(score, comment, typed.get("may_call") == "1", error, fault)


def score_of(given: list[str], scale: Scale) -> int | None:
    """The one score that was given; None when it is missing, given twice, or not on the scale."""
    digits = given[0] if len(given) == 1 else ""
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 2) or str(int(digits)) != digits:
        return None
    return int(digits) if int(digits) in scale.scores else None


@dataclass
class MoreForm:
    """What a client adds after the thanks, and what is wrong about it by the name of the field."""

    more: More
    errors: dict[str, str] = field(default_factory=dict)


def read_more(typed: MultiDict[str, str], nonce: str | None) -> MoreForm:
    """What was sent. A field for a question is named `q_` and its id; what is left empty says nothing."""
    errors: dict[str, str] = {}
    answers = {}
    for name in [name for name in typed if name.startswith("q_")][:50]:
        id = name.removeprefix("q_")
        answer, errors[name] = _text(typed[name], LONGEST_ANSWER)
        if answer:
            answers[number_in(id)] = answer
    referral, errors["referral"] = _text(typed.get("referral", ""), LONGEST_NAME, one_line=True)
    reach, errors["reach"] = _text(typed.get("reach", ""), LONGEST_REACH, one_line=True)
    if reach and not referral:
        errors["referral"] = _("Say the person's name.")
    quote = typed.get("quote") or None
    if quote is not None and quote not in (*QUOTES, NO_QUOTE):
        errors["quote"] = _("Choose one of these.")
    places = tuple(place for place in QUOTE_PLACES if typed.get(place) == "1")
    if places and quote is None:
        errors["quote"] = _("Choose one of these.")
    more = More(answers, "" if quote == NO_QUOTE else quote, places, referral, reach, nonce)
    return MoreForm(more, {name: fault for name, fault in errors.items() if fault})


def _text(typed: str, longest: int, *, one_line: bool = False) -> tuple[str, str]:
    """The text, cleaned, and what is wrong with it."""
    try:
        text = clean_line(typed) if one_line else clean_text(typed)
    except UnfitText:
        return without_unfit(typed), _("It holds characters that can't be kept. Type it again without them.")
    if len(text) > longest:
        return text, _("At most %(most)s characters, please.", most=longest)
    return text, ""


class TakeForm(Form):
    """Which survey, who answers, and what they say."""

    form_id = FormIdField()
    next = NextField()
    log_at = NextField()
    """The quick log in whose place it stands."""
    place = WordField(words=PLACES, default="page")
    survey_id = IdField(_l("Survey"))
    contact_id = RecordField(_l("Who answers"))
    score = WordField(_l("Score"), words=SCORES, default="")
    comment = LongTextField(_l("Comment"), longest=LONGEST_COMMENT)
