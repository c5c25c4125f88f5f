"""The morning list: whom to call today, and why."""

from itertools import groupby

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_login import current_user

from portal import access, clock, frame
from portal.customers.queries import any_customer
from portal.language import page_gettext as _
from portal.language import page_ngettext as ngettext
from portal.language import spoken
from portal.today import queries
from portal.today.reasons import BY_KEY, BY_RANK, REASONS
from portal.users.queries import whose_ids

today = Blueprint("today", __name__)


@today.get("/")
@access.staff
def index() -> ResponseReturnValue:
    """One list, most urgent first: mine, my team's or everybody's, all of it or one reason."""
    whose, assignees = whose_ids(request.args.get("whose"), current_user)
    wanted = request.args.get("reason", "")
    reasons = (BY_KEY[wanted],) if wanted in BY_KEY else REASONS
    page = queries.page(reasons, assignees, request.args.get("after"))
    counts = queries.counts(assignees)
    me = current_user.id
    groups = [
        frame.kept_lines(BY_RANK[rank].template, rows, "today", me)
        for rank, rows in groupby(page.rows, lambda row: row.rank)
    ]
    return render_template(
        "today/index.html",
        page=page,
        groups=groups,
        pills=_pills(counts),
        total=_shown(sum(counts.values()), any(n >= queries.MOST_COUNTED for n in counts.values())),
        reason=wanted if wanted in BY_KEY else "",
        whose=whose,
        greeting=_greeting(current_user.name),
        summary=_summary(counts, whose),
        nobody_yet=not groups and not any_customer(),
    )


def _pills(counts: dict[str, int]) -> list[tuple[str, str, str]]:
    """(key, word, count as shown) of each reason."""
    return [(each.key, _(each.word), _shown(counts[each.key])) for each in REASONS]


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
    total, promised = sum(counts.values()), counts["promises"] + counts["unhappy"]
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
