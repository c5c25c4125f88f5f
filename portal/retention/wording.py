"""What is said of the books: how good a list has been, and which method speaks and why. In words first, then the
numbers. No NumPy: web processes read this.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from markupsafe import Markup

from portal import formats
from portal.language import page_gettext as _
from portal.language import page_ngettext as ngettext
from portal.lists.catalogue import BY_NAME
from portal.retention.uplift import Uplift, uplift
from portal.surveys.scoring import wilson

OF_USE = 10
"""In 100 customers: a difference from which a list is worth calling by, however few or many buy anyway."""


class Grade(NamedTuple):
    """How good a list has been: a word with its tone (empty where it is only told), a sentence, and its numbers, all of
    them and in brief.
    """

    tone: str
    word: Markup
    text: Markup
    detail: Markup
    brief: Markup = Markup()


class Method(NamedTuple):
    """The method that speaks, and why: a short name, and a sentence or two."""

    name: Markup
    text: Markup


def grade(name: str, found: Mapping[str, Any] | None) -> Grade:
    """The grade of the list of that name, as `books.lists[name]["grade"]` holds it.

    The word goes by the difference between the named and the rest in the direction that the list hopes for (more who
    return, or more who stay away), and by its 95 % interval (Newcombe's):

    * *good*: more than chance (the whole interval lies above 0), and of use;
    * *fair*: more than chance, but less than is of use;
    * *poor*: not more than chance, and even the end of the interval would be of no use;
    * *too early to tell*: all else, for the customers are too few.

    Of use is a difference of 10 in 100; or, where few buy anyway, twice as many who return, or half as many who do not
    stay away. A list that speaks of our own care (no `hope`) gets no word: there the purchases are only told.
    """
    nothing = Markup()
    if found is None:
        return Grade("plain", nothing, _("not graded yet"), nothing)
    if found.get("too_little") == "history":
        return Grade("plain", nothing, _("too little history: nobody had bought 90 days before"), nothing)
    if found.get("too_little") == "silence":
        return Grade("plain", nothing, _("nothing to grade by: no purchase is known in the 90 days after"), nothing)
    if found.get("too_little") == "named":
        said = _("too few to grade (%(num)s of %(needed)s needed)", num=found["named"], needed=found.get("needed", 20))
        return Grade("plain", nothing, said, nothing)
    hope = BY_NAME[name].hope
    rest = _rest(name, found)
    compared = uplift(found["bought"], found["named"], rest.bought, rest.n)
    tone, word = _verdict(hope, compared)
    return Grade(tone, word, _sentence(hope, found, rest), _detail(found, rest, compared), _brief(found, compared))


class _Rest(NamedTuple):
    """With whom the named are compared: what they are called, how many they are, and how many of them bought."""

    name: Markup
    n: int
    bought: int


def _rest(name: str, found: Mapping[str, Any]) -> _Rest:
    """Those whom the list chose from, where it does not choose from everybody."""
    peers = {
        "due": _("of the other regular buyers"),
        "overdue": _("of the other regular buyers"),
        "second-purchase": _("of the others who bought once"),
        "slipping": _("of the other valuable clients"),
    }
    if name in peers and "peers" in found:
        return _Rest(peers[name], found["peers"], found["peers_bought"])
    return _Rest(_("of the rest"), found["others"], found["others_bought"])


def _verdict(hope: str, found: Uplift | None) -> tuple[str, Markup]:
    if not hope:
        return "plain", Markup()
    if found is None:
        return "plain", _("too early to tell")
    others = 100 * found.untouched_bought / found.untouched
    if hope == "return":
        low, gain, high, of_use = found.low, found.difference, found.high, min(OF_USE, others)
    else:
        low, gain, high, of_use = -found.high, -found.difference, -found.low, min(OF_USE, others / 2)
    if low > 0:
        return ("good", _("good")) if gain >= of_use else ("due", _("fair"))
    return ("late", _("poor")) if high < max(of_use, 1) else ("plain", _("too early to tell"))


def _sentence(hope: str, found: Mapping[str, Any], rest: _Rest) -> Markup:
    """ "7 in 10 bought within 90 days; of the rest, 2 in 10"; of who was not hoped for, that they came back."""
    here, there = shares((found["bought"], found["named"]), (rest.bought, rest.n))
    days = (date.fromisoformat(found["until"]) - date.fromisoformat(found["on"])).days
    if not rest.n:
        there = _("nobody to compare with")
    more = {"share": here, "rest": rest.name, "other": there, "days": days}
    one = 1 if here.startswith("1 ") else 2
    if hope == "stay_away":
        if not found["bought"]:
            return _("None came back within %(days)s days; %(rest)s, %(other)s.", **more)
        return ngettext(
            "%(share)s came back within %(days)s days; %(rest)s, %(other)s.",
            "%(share)s came back within %(days)s days; %(rest)s, %(other)s.",
            one, **more,
        )  # fmt: skip
    if not found["bought"]:
        return _("None bought within %(days)s days; %(rest)s, %(other)s.", **more)
    return ngettext(
        "%(share)s bought within %(days)s days; %(rest)s, %(other)s.",
        "%(share)s bought within %(days)s days; %(rest)s, %(other)s.",
        one, **more,
    )  # fmt: skip


def _detail(found: Mapping[str, Any], rest: _Rest, compared: Uplift | None) -> Markup:
    """Each share with its n and interval, and the difference with its own."""
    on = formats.day(date.fromisoformat(found["on"]))
    parts = [_("Named on %(on)s: %(count)s", on=on, count=_counted(found["bought"], found["named"]))]
    if compared is not None:
        parts.append(_("%(rest)s, %(count)s", rest=rest.name, count=_counted(rest.bought, rest.n)))
    if rest.n != found["others"] and found["others"]:
        parts.append(_("of everybody else, %(count)s", count=_counted(found["others_bought"], found["others"])))
    said = Markup("; ").join(parts) + "."
    return said if compared is None else said + " " + difference(compared) + "."


def _brief(found: Mapping[str, Any], compared: Uplift | None) -> Markup:
    """ "28 of 40; difference +50 in 100, interval +34 to +63"."""
    counts = {"bought": _number(found["bought"]), "named": _number(found["named"])}
    if compared is None:
        return _("%(bought)s of %(named)s", **counts)
    num, low, high = (signed(round(value)) for value in (compared.difference, compared.low, compared.high))
    return _(
        "%(bought)s of %(named)s; difference %(num)s in 100, interval %(low)s to %(high)s",
        num=num, low=low, high=high, **counts,
    )  # fmt: skip


def _counted(hits: int, n: int) -> Markup:
    """ "56 of 80 (95 % interval 59.2 to 78.9 %)"."""
    low, high = wilson(hits, n)
    return _(
        "%(hits)s of %(num)s (95 %% interval %(low)s to %(high)s %%)",
        hits=_number(hits), num=_number(n), low=_plain(low), high=_plain(high),
    )  # fmt: skip


def difference(found: Uplift) -> Markup:
    """ "Difference: +20 in 100, 95 % interval +5.2 to +33.4"."""
    return _(
        "Difference: %(num)s in 100, 95 %% interval %(low)s to %(high)s",
        num=signed(found.difference), low=signed(found.low), high=signed(found.high),
    )  # fmt: skip


def interval() -> Markup:
    """What an interval is, for whoever has never met one."""
    return _(
        "An interval says between which figures the true one lies, in 95 cases of 100: the more customers, the"
        " narrower."
    )


def shares(*counts: tuple[int, int]) -> list[Markup]:
    """Shares (hits, n) as people say them, all in the same measure: "7 in 10", or where that is too coarse to tell them
    apart or to be true, "23 in 100". 0 is "none"; what is not 0 never becomes it.
    """
    tenths = [_rounded(hits, n, 10) for hits, n in counts]
    fits = all(
        abs(10 * hits / n - tenth) <= min(0.35, tenth / 5) for (hits, n), tenth in zip(counts, tenths, strict=True) if n
    )
    of = 10 if fits and len(set(tenths)) == len(tenths) else 100
    return [_share(_rounded(hits, n, of), of, hits) for hits, n in counts]


def _rounded(hits: int, n: int, of: int) -> int:
    """The share in parts of `of`: nothing and everything only where it is exactly so."""
    if not hits or not n:
        return 0
    return of if hits == n else min(of - 1, round(of * hits / n))


def _share(parts: int, of: int, hits: int) -> Markup:
    if not hits:
        return _("none")
    if not parts:
        return _("fewer than 1 in 100")
    return _("%(num)s in %(whole)s", num=parts, whole=of)


def signed(value: float) -> str:
    """With its sign: "+20", "−3.5"."""
    return ("+" if value > 0 else "") + _plain(value)


def _plain(value: float) -> str:
    """Per cent, or points of 100, with a tenth."""
    return formats.number(round(value, 1) + 0.0).replace("-", "−")


def _number(value: float) -> str:
    return formats.number(value)


# The method


def method(books: Any) -> Method:
    """Which method speaks in these books, and why, with its numbers; see `choosing.Choice`. `books` has `method`, `why`
    and `learned`, as a row of the table or of a query.
    """
    learned = books.learned
    numbers = {name: _number(round(value, 1)) for name, value in learned.get("numbers", {}).items()}
    numbers = {"customers": "0", "repeat_buyers": "0", "gate": "250", "rhythm_buyers": "0", **numbers}
    if books.why == "no_customers":
        return Method(_("nothing yet"), _("Nobody has bought by this day, so there is nothing to learn from."))
    if books.method == "bgnbd":
        said = _(
            "Predicted by buyers' own habits: BG/NBD, fitted to %(customers)s customers, of whom %(repeat_buyers)s"
            " bought again.", **numbers,
        )  # fmt: skip
        return Method(_("BG/NBD"), said)
    if books.method == "cadence":
        said = _(
            "Predicted by each customer's own rhythm: the next purchase is expected one usual gap after the last one."
        )
        return Method(_("cadence"), Markup(" ").join((said, _why(books.why, numbers), _rhythm("regular", numbers))))
    said = _("Predicted by how recently customers bought, and by the time in which the firm's second purchases come.")
    rhythm = _rhythm(learned.get("rhythm", "unknown"), numbers)
    return Method(_("recency"), Markup(" ").join((said, _why(books.why, numbers), rhythm)))


def _why(code: str, numbers: Mapping[str, str]) -> Markup:
    """Why BG/NBD does not speak."""
    said = {
        "few_customers": _(
            "BG/NBD does not speak, as it needs %(gate)s customers and there are %(customers)s.", **numbers
        ),
        "no_repeats": _("BG/NBD does not speak, as none of %(customers)s customers has bought again.", **numbers),
        "ran_away": _(
            "BG/NBD does not speak: fitted to %(customers)s customers, one of its numbers runs beyond all measure.",
            **numbers,
        ),
        "flat": _(
            "BG/NBD does not speak: to %(customers)s customers, quite different numbers fit equally well.", **numbers
        ),
        "not_found": _(
            "BG/NBD does not speak: its search for the numbers that fit %(customers)s customers found no end.",
            **numbers,
        ),
    }
    return said.get(code, Markup())


def _rhythm(code: str, numbers: Mapping[str, str]) -> Markup:
    """What is known of the buyers' regularity."""
    if code == "unknown" or "shape" not in numbers:
        return ngettext(
            "Whether they keep a rhythm is not known yet: %(rhythm_buyers)s of them has bought three times.",
            "Whether they keep a rhythm is not known yet: %(rhythm_buyers)s of them have bought three times.",
            1 if numbers["rhythm_buyers"] == "1" else 2, **numbers,
        )  # fmt: skip
    about = {"shape_low": "–", "shape_high": "–", **numbers}
    if code == "regular":
        return _(
            "They keep a rhythm: regularity %(shape)s, 95 %% interval %(shape_low)s to %(shape_high)s, of"
            " %(rhythm_buyers)s buyers; pure chance would be 1.", **about,
        )  # fmt: skip
    return _(
        "They keep no rhythm that one could rely on: regularity %(shape)s, 95 %% interval %(shape_low)s to"
        " %(shape_high)s, of %(rhythm_buyers)s buyers; pure chance is 1.", **about,
    )  # fmt: skip


def holdout(found: Mapping[str, Any] | None) -> Markup:
    """What the firm's own prediction of 90 days ago has been worth, as `books.measures["holdout"]` holds it."""
    if found is None:
        return _("It has not spoken 90 days before, so there is no prediction yet to hold against what came.")
    on = date.fromisoformat(found["on"])
    expected = round(found["expected"])
    return ngettext(
        "On %(on)s it expected %(expected)s purchase for the next %(days)s days; %(came)s came.",
        "On %(on)s it expected %(expected)s purchases for the next %(days)s days; %(came)s came.",
        expected, on=formats.day(on), expected=_number(expected), came=_number(found["came"]),
        days=(date.fromisoformat(found["until"]) - on).days,
    )  # fmt: skip
