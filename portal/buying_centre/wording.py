"""The buying centre in words: roles, levels, stances, positions, and what stands out."""

from typing import Any

from markupsafe import Markup, escape

from portal import clock
from portal.buying_centre.picture import Person, Picture, Thread
from portal.buying_centre.terms import rank
from portal.formats import MOST_DAYS_AGO, ago, day
from portal.language import page_gettext as _
from portal.language import page_ngettext as ngettext
from portal.rules import N_

ROLES = {
    "initiator": N_("initiator"),
    "user": N_("user"),
    "influencer": N_("influencer"),
    "decider": N_("decider"),
    "approver": N_("approver"),
    "buyer": N_("buyer"),
    "gatekeeper": N_("gatekeeper"),
}
STAND_OUTS = {
    "thread": (
        N_("Held by one thread"),
        N_("Three touches or more in the last 180 days, all through one person of them or one of us."),
    ),
    "below": (N_("Below their level"), N_("In the last year, only users of lower levels met them.")),
    "unmet": (N_("Deciders not reached"), N_("Whoever decides there has not been reached by anybody of us.")),
    "unanswered": (
        N_("Sceptics not answered"),
        N_("Nobody has reached them since they began to doubt, or not for a long time."),
    ),
}
LEVELS = {"board": N_("board"), "management": N_("management"), "operations": N_("operations")}
WHAT_LEVELS_DO = {"board": N_("decides"), "management": N_("documents"), "operations": N_("translates into work")}
STANCES = {
    "advocate": (N_("advocate"), "good"),
    "supporter": (N_("supporter"), "good"),
    "neutral": (N_("neutral"), "plain"),
    "sceptic": (N_("sceptic"), "due"),
    "detractor": (N_("detractor"), "late"),
}
POSITIONS = {
    "prospect": N_("prospect"),
    "listed": N_("listed supplier"),
    "supplying": N_("supplying"),
    "preferred": N_("preferred supplier"),
    "development_partner": N_("development partner"),
    "strategic_partner": N_("strategic partner"),
}


def role(value: str) -> Markup:
    """A buying role, in the language of the page; one that nobody knows, as it is written. The others alike."""
    return _(ROLES[value]) if value in ROLES else escape(value)


def roles(values: str) -> Markup:
    """A contact's roles, as its column holds them: "decider, approver"."""
    return Markup(", ").join(role(value) for value in values.split())


def level(value: str) -> Markup:
    """A level: "board"."""
    return _(LEVELS[value]) if value in LEVELS else escape(value)


def level_choices() -> list[tuple[str, Markup]]:
    """The levels with what each does, from the top; first that nobody knows."""
    told = [(value, Markup("{} – {}").format(_(word), _(WHAT_LEVELS_DO[value]))) for value, word in LEVELS.items()]
    return [("", _("not known")), *told]


def short_level_choices() -> list[tuple[str, Markup | str]]:
    """The levels alone, as our own users have them."""
    return [("", "–"), *((value, _(word)) for value, word in LEVELS.items())]


def stance(value: str) -> Markup:
    """A stance."""
    return _(STANCES[value][0]) if value in STANCES else escape(value)


def tone(value: str) -> str:
    """The tone of a stance."""
    return STANCES[value][1] if value in STANCES else "plain"


def role_choices() -> list[tuple[str, Markup]]:
    """The buying roles."""
    return [(value, _(word)) for value, word in ROLES.items()]


def stance_choices() -> list[tuple[str, Markup]]:
    """The stances; first that nobody knows."""
    return [("", _("not known")), *((value, _(word)) for value, (word, _tone) in STANCES.items())]


def stand_outs() -> list[tuple[str, Markup]]:
    """What can stand out, in short."""
    return [(kind, _(short)) for kind, (short, _meaning) in STAND_OUTS.items()]


def meaning(kind: str) -> Markup:
    """What it is that stands out, in one sentence."""
    return _(STAND_OUTS[kind][1])


def position(value: str) -> Markup:
    """A place on the ladder."""
    return _(POSITIONS[value]) if value in POSITIONS else escape(value)


def position_choices() -> list[tuple[str, Markup]]:
    """The ladder from its foot."""
    return [(value, _(word)) for value, word in POSITIONS.items()]


def standing(value: str, share: int | None) -> Markup:
    """A place and our share: "preferred supplier · 60 % of their purchases"."""
    if share is None:
        return position(value)
    return Markup("{} · {}").format(position(value), _("%(share)s %% of their purchases", share=share))


def every(days: int) -> Markup:
    """A rhythm: "every 30 days"."""
    return ngettext("every day", "every %(num)d days", days)


def of_line(row: Any) -> tuple[str, Markup, Markup]:
    """(tone, how late, what it is about) of a relation's line on Today, whose columns are those of all lines."""
    matter = Markup("{}, {}").format(row.contact_name or "–", every(int(row.text)))
    return "due", _late((clock.today() - row.due_on).days), matter


def _late(days: int) -> Markup:
    if days <= 0:
        return _("In touch today")
    return ngettext("Not in touch, %(num)d day late", "Not in touch, %(num)d days late", days)


def last_met(row: Any) -> Markup:
    """When the two of a relation's line were in touch last."""
    return _("last in touch %(ago)s", ago=ago(row.settled_on)) if row.settled_on else _("not in touch yet")


def gaps(found: Picture) -> list[tuple[str, Markup]]:
    """What stands out, as (tone, sentence), the most urgent first."""
    said = [gap for kind in ("unmet", "unanswered", "below", "thread") for gap in gaps_of(found, kind)]
    if found.people and not found.is_placed:
        said.append(("calm", _("Nobody's part in a purchase is known yet: edit a person to say it.")))
    elif found.people and found.unfilled:
        names = Markup(", ").join(role(each) for each in found.unfilled)
        tone_ = "due" if "decider" in found.unfilled else "plain"
        said.append((tone_, _("Roles that nobody fills, as far as we know: %(roles)s.", roles=names)))
    return said


def gaps_of(found: Picture, kind: str) -> list[tuple[str, Markup]]:
    """Of all that, what is of this kind, one of `terms.STAND_OUTS`."""
    if kind == "unmet":
        words = N_("%(name)s decides, and nobody of us has reached them yet.")
        return [("late", _(words, name=each.contact.name)) for each in found.unmet]
    if kind == "unanswered":
        return [(tone(each.contact.stance), _unanswered(each)) for each in found.unanswered]
    return (
        [("due", _below(each)) for each in found.below]
        if kind == "below"
        else [("due", _thread(each)) for each in found.threads]
    )


def _unanswered(person: Person) -> Markup:
    who = {"name": person.contact.name, "stance": stance(person.contact.stance)}
    since = person.contact.stance_at
    if person.met_at is not None and since is not None and person.met_at > since:
        on = clock.day_of(person.met_at)
        if (clock.today() - on).days > MOST_DAYS_AGO:
            return _("%(name)s is a %(stance)s, and was last answered on %(day)s.", day=day(on), **who)
        return _("%(name)s is a %(stance)s, and was last answered %(ago)s.", ago=ago(on), **who)
    when = day(clock.day_of(since)) if since else Markup("–")
    return _("%(name)s has been a %(stance)s since %(when)s, and nobody has answered.", when=when, **who)


def _below(person: Person) -> Markup:
    ours = sorted({(user.name, user.level) for user in person.below}, key=lambda one: (-rank(one[1]), one))
    who = {"name": person.contact.name, "theirs": level(person.contact.level)}
    if len({theirs for _name, theirs in ours}) == 1:
        names = ", ".join(name for name, _level in ours)
        return _(
            "%(name)s (%(theirs)s) only meets our %(ours)s: %(names)s.", ours=level(ours[0][1]), names=names, **who
        )
    each = Markup(", ").join(Markup("{} ({})").format(name, level(theirs)) for name, theirs in ours)
    return _("%(name)s (%(theirs)s) only meets %(names)s.", names=each, **who)


def _thread(thread: Thread) -> Markup:
    if thread.contact:
        return ngettext(
            "Everything runs through %(name)s: the only one in %(num)s touch of the last 180 days.",
            "Everything runs through %(name)s: the only one in %(num)s touches of the last 180 days.",
            thread.touches, name=thread.name,
        )  # fmt: skip
    return ngettext(
        "Only %(name)s speaks with them: %(num)s touch in the last 180 days, none by anybody else.",
        "Only %(name)s speaks with them: %(num)s touches in the last 180 days, none by anybody else.",
        thread.touches, name=thread.name,
    )  # fmt: skip
