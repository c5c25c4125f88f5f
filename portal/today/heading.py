"""What stands on top of Today: the greeting, how much waits, and how many matters there are of each reason.

It comes along with whatever is done under a line of the list, so that the counts stay true.
"""

from collections.abc import Mapping
from typing import Any

from flask_babel import format_date

from portal import clock
from portal.language import page_gettext as _
from portal.language import page_ngettext as ngettext
from portal.language import spoken
from portal.today import queries
from portal.today.reasons import BY_KEY, REASONS
from portal.users.models import User
from portal.users.queries import whose_ids


def heading(user: User, asked: Mapping[str, str]) -> dict[str, Any]:
    """What `today/_head.html` needs for the list that is asked for by `whose` and `reason`; and whose it is, as ids.

    One query, and one more for a team.
    """
    whose, assignees = whose_ids(asked.get("whose"), user)
    wanted, counts = asked.get("reason", ""), queries.counts(assignees)
    return {
        "whose": whose,
        "assignees": assignees,
        "reason": wanted if wanted in BY_KEY else "",
        "greeting": _greeting(user.name),
        "summary": _summary(counts, whose),
        "pills": [(each.key, _(each.word), _shown(counts[each.key])) for each in REASONS],
        "total": _shown(sum(counts.values()), any(n >= queries.MOST_COUNTED for n in counts.values())),
    }


def again(user: User, asked: Mapping[str, str]) -> dict[str, Any]:
    """The same, for an answer that brings it along."""
    return heading(user, asked) | {"again": "today/_again.html"}


def _shown(n: int, capped: bool = False) -> str:
    return "99+" if capped or n >= queries.MOST_COUNTED else str(n)


def _greeting(name: str) -> str:
    """By the first name and the hour on the firm's clock."""
    hour, first = clock.local(clock.now()).hour, name.split(maxsplit=1)[0]
    if hour < 12:
        return _("Good morning, %(name)s", name=first)
    return _("Good afternoon, %(name)s", name=first) if hour < 19 else _("Good evening, %(name)s", name=first)


def _summary(counts: dict[str, int], whose: str) -> str:
    """The day, how much waits, and how much of it was promised."""
    day: str = format_date(clock.today(), "EEEE d 'de' MMMM" if spoken() == "es" else "EEEE d MMMM")
    total, promised = sum(counts.values()), counts["promises"] + counts["unhappy"] + counts["said"]
    if not total:
        return day
    if whose == "mine":
        many = _("99+ wait for you")
        waiting = ngettext("%(num)s waits for you", "%(num)s wait for you", total) if total < 100 else many
    else:
        waiting = ngettext("%(num)s waits", "%(num)s wait", total) if total < 100 else _("99+ wait")
    if not promised:
        return f"{day} · {waiting}"
    return f"{day} · {waiting}, " + ngettext("%(num)s of them for a promise", "%(num)s of them for a promise", promised)
