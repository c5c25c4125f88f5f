"""What is said about trials: what they could find, how they stand, and what they found. In words first."""

from typing import Any

from markupsafe import Markup

from portal import formats
from portal.language import page_gettext as _
from portal.language import page_ngettext as ngettext
from portal.lists.catalogue import BY_NAME
from portal.retention.uplift import Uplift
from portal.retention.wording import difference, signed
from portal.surveys.scoring import wilson
from portal.trials.trying import Outlook

__all__ = ["counts", "difference", "found", "found_short", "gain", "list_title", "share", "state", "verdict"]


def list_title(name: str) -> Markup:
    """The name of a list; of one that nobody knows, as it is written."""
    return _(BY_NAME[name].title) if name in BY_NAME else Markup.escape(name)


def state(trial: Any) -> tuple[str, Markup]:
    """(tone, word) of a trial."""
    words = {"running": ("calm", _("running")), "done": ("good", _("ended")), "stopped": ("plain", _("stopped"))}
    return words[trial.state]


def share(hits: int, n: int) -> Markup:
    """ "23 % (95 % interval 15.8 to 32.2 %)"."""
    low, high = wilson(hits, n)
    return _(
        "%(share)s %% (95 %% interval %(low)s to %(high)s %%)",
        share=_plain(100 * hits / n), low=_plain(low), high=_plain(high),
    )  # fmt: skip


def gain(seen: Outlook) -> Markup:
    """How small a difference could be found, and from what that is reckoned."""
    anyway = round(100 * seen.anyway)
    if seen.graded:
        said = _("Going by those named 90 days ago, %(num)s in 100 buy anyway in this time.", num=anyway)
    else:
        said = _("How many buy anyway is not known yet; suppose it is %(num)s in 100.", num=anyway)
    if seen.gain is None:
        more = _("With so few customers, hardly any difference could be found: wait until the list is longer.")
    else:
        more = _(
            "If the calls bring %(num)s more in 100, or beyond, four trials of five find it; a smaller difference will"
            " probably look like chance.", num=_points(100 * seen.gain),
        )  # fmt: skip
    return said + " " + more


def found(result: Uplift) -> Markup:
    """ "Of 100 worked, 23 bought; of 40 untouched, 5. The calls brought 10.5 more in 100, between 2 and 19: …"."""
    return counts(result) + " " + verdict(result)


def counts(result: Uplift) -> Markup:
    """How many there were, and how many of them bought."""
    return _(
        "Of %(worked)s worked, %(bought)s bought; of %(untouched)s untouched, %(others)s.",
        worked=formats.number(result.worked), bought=formats.number(result.worked_bought),
        untouched=formats.number(result.untouched), others=formats.number(result.untouched_bought),
    )  # fmt: skip


def verdict(result: Uplift) -> Markup:
    """What the difference means, and how sure it is."""
    more = {"num": _plain(abs(result.difference)), "low": _plain(result.low), "high": _plain(result.high)}
    if result.low > 0:
        return _("The calls brought %(num)s more in 100, between %(low)s and %(high)s: more than chance.", **more)
    if result.high < 0:
        fewer = {"num": more["num"], "low": _plain(-result.high), "high": _plain(-result.low)}
        return _(
            "Of those who were worked, %(num)s fewer in 100 bought, between %(low)s and %(high)s: more than chance. The"
            " calls may do harm.", **fewer,
        )  # fmt: skip
    span = {"num": signed(result.difference), "low": signed(result.low), "high": signed(result.high)}
    said = _("A difference of %(num)s in 100, between %(low)s and %(high)s: not sure yet.", **span)
    needed = result.still_needed
    if needed:
        said += " " + ngettext(
            "About %(count)s customer more would be needed.", "About %(count)s customers more would be needed.",
            _about(needed), count=formats.number(_about(needed)),
        )  # fmt: skip
    return said


def found_short(result: Uplift) -> tuple[str, Markup]:
    """(tone, word) of a result, for a list of trials."""
    if result.low > 0:
        return "good", _("%(num)s more in 100", num=_plain(result.difference))
    if result.high < 0:
        return "late", _("%(num)s fewer in 100", num=_plain(-result.difference))
    return "plain", _("not sure yet")


def _about(count: int) -> int:
    """Two digits of a large number are enough."""
    step = int(10 ** max(0, len(str(count)) - 2))
    return -(-count // step) * step


def _points(value: float) -> str:
    return _plain(value) if value < 10 else formats.number(round(value))


def _plain(value: float) -> str:
    return formats.number(round(value, 1) + 0.0).replace("-", "−")
