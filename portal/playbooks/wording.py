"""What is said about playbooks: what starts them, what their steps do, who is given them, and what became of them."""

from typing import Any

from markupsafe import Markup, escape

from portal.follow_ups import words
from portal.language import page_gettext as _
from portal.language import page_ngettext as ngettext
from portal.playbooks.models import CALENDARS, GIVEN_TO, TRIGGERS
from portal.playbooks.models import KINDS as STEP_KINDS
from portal.relay.wording import leg
from portal.rules import N_

TRIGGER_WORDS = {
    "purchase": N_("any purchase"),
    "first_purchase": N_("the first purchase"),
    "repeat_purchase": N_("a repeat purchase"),
    "anniversary": N_("each anniversary of the first purchase"),
    "unhappy": N_("an unhappy answer"),
    "hand_off": N_("a hand-off that was accepted"),
}
CALENDAR_WORDS = {"days": N_("every day counts"), "working": N_("working days only")}
KIND_WORDS = {"commitment": N_("Promise of ours"), "follow_up": N_("Follow-up"), "survey": N_("Survey")}
CAUSE_WORDS = {
    "purchase": N_("purchase"),
    "anniversary": N_("anniversary"),
    "answer": N_("unhappy answer"),
    "hand_off": N_("hand-off"),
}
STOPPED_WORDS = {
    "voided": N_("the purchase was voided"),
    "archived": N_("the customer was archived"),
    "not_unhappy": N_("the answer stands no longer, or is not unhappy any more"),
}
SKIPPED_WORDS = {
    "reassured": N_("the reassurance after the purchase stands already"),
    "asked": N_("the client was asked about this purchase already"),
    "no_address": N_("we know no e-mail of theirs"),
    "opted_out": N_("the client does not want to be asked"),
    "not_asking": N_("the survey was not being asked"),
    "taken_out": N_("the step was taken out of the playbook"),
}
RUN_STATES = {
    "running": ("calm", N_("under way")),
    "done": ("good", N_("done")),
    "stopped": ("plain", N_("stopped early")),
}


def triggers() -> list[tuple[str, Markup]]:
    """(word, meaning) of what can start one; calendars and kinds of steps alike."""
    return [(each, _(TRIGGER_WORDS[each])) for each in TRIGGERS]


def calendars() -> list[tuple[str, Markup]]:
    """How days are counted."""
    return [(each, _(CALENDAR_WORDS[each])) for each in CALENDARS]


def kinds() -> list[tuple[str, Markup]]:
    """What a step makes."""
    return [(each, _(KIND_WORDS[each])) for each in STEP_KINDS]


def people(users: Any) -> list[tuple[str, Markup | str]]:
    """Whom a step can be given to: the assignee, a leg, or one of these users (id, name)."""
    named = [(str(id), name) for id, name in users]
    return [(each, given(each)) for each in GIVEN_TO if each != "user"] + named


def trigger(word: str) -> Markup:
    """What starts it."""
    return _(TRIGGER_WORDS[word]) if word in TRIGGER_WORDS else escape(word)


def started_by(playbook: Any) -> Markup:
    """What starts it, and by which calendar."""
    said = _("started by %(what)s", what=trigger(playbook.trigger))
    calendar = dict(calendars())[playbook.calendar]
    return said + Markup(" · ") + calendar if playbook.calendar == "working" else said


def given(to: str, name: str = "") -> Markup:
    """Whom a step is given to; `name` is the colleague's."""
    if to == "user":
        return escape(name)
    return _("the assignee") if to == "assignee" else _("somebody of %(leg)s", leg=leg(to))


def after(days: int) -> Markup:
    """When a step comes: "3 days later"."""
    return ngettext("%(num)d day later", "%(num)d days later", days) if days else _("the same day")


def kind(step: Any) -> Markup:
    """What a step makes: "Call" or "Meeting" for a follow-up, "Survey"."""
    if step.kind == "follow_up":
        return Markup("{}: {}").format(
            words.word(words.channels(), step.channel), words.word(words.purposes(), step.purpose).lower()
        )
    return _(KIND_WORDS[step.kind])


def cause(word: str) -> Markup:
    """What a run was started by."""
    return _(CAUSE_WORDS[word])


def run_state(run: Any) -> tuple[str, Markup]:
    """(tone, word) of a run."""
    tone, word = RUN_STATES[run.state]
    return tone, _(word)


def stopped(why: str, reason: str) -> Markup:
    """Why a run was stopped."""
    return _(STOPPED_WORDS[why]) if why in STOPPED_WORDS else escape(reason)


def skipped(why: str, reason: str) -> Markup:
    """Why a step was skipped."""
    return _(SKIPPED_WORDS[why]) if why in SKIPPED_WORDS else escape(reason)


MADE_AT = {"commitment": "/commitments/{}", "follow_up": "/follow-ups/{}", "survey": "/invitations/{}"}


def made_at(step: Any) -> str:
    """Where what a step has made stands."""
    return MADE_AT[step.made].format(step.made_id)
