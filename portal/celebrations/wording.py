"""What a celebration says: what went well, and what to do about it, for the customer and for ourselves."""

from functools import lru_cache
from typing import Any, NamedTuple

from portal.language import page_gettext as _
from portal.language import page_ngettext as ngettext
from portal.language import spoken


class Ideas(NamedTuple):
    """What to do: for the customer (nothing where there is none), and for ourselves."""

    for_them: str
    for_us: str


def title(row: Any) -> str:
    """What went well, in words; who it was stands beside it."""
    return _title(row.kind, row.number, spoken())


@lru_cache(maxsize=256)
def _title(kind: str, number: int, locale: str) -> str:
    if kind == "streak":
        return str(ngettext("%(num)d promise kept in a row", "%(num)d promises kept in a row", number))
    if kind == "anniversary":
        return str(ngettext("%(num)d year since the first purchase", "%(num)d years since the first purchase", number))
    return str({"sale": _("A sale closed"), "client": _("A buyer became a client")}[kind])


def ideas(row: Any) -> Ideas:
    """One of a few, always the same one for the same celebration."""
    some: tuple[Ideas, ...] = _ideas(row.kind, spoken())
    which: int = row.id % len(some)
    return some[which]


@lru_cache(maxsize=16)
def _ideas(kind: str, locale: str) -> tuple[Ideas, ...]:
    return {
        "sale": (
            Ideas(
                _("Call within the week: does it do what they bought it for?"),
                _("Whoever won them tells the team in two minutes what made them say yes."),
            ),
            Ideas(
                _("A card by hand, with the name of whoever looks after them from now on."),
                _("Thank the colleagues behind the sale by name, those who never meet the customer too."),
            ),
        ),
        "client": (
            Ideas(
                _("Thank them for coming back, and ask what brought them."),
                _("Name the promises that were kept on the way: they made this client."),
            ),
            Ideas(
                _("Give them something that new customers do not get."),
                _("A coffee together, on the firm, for whoever looked after them."),
            ),
        ),
        "anniversary": (
            Ideas(
                _("Congratulate them by phone, not by a mail to everybody."),
                _("Read their story together: what have we learned from them?"),
            ),
            Ideas(
                _("Recall what they bought first, and ask how it is holding up."),
                _("Whoever has known them longest tells the newest colleague about them."),
            ),
        ),
        "streak": (
            Ideas("", _("Say it aloud tomorrow morning, with everybody there.")),
            Ideas("", _("Ask how they do it, and let the team copy it.")),
        ),
    }[kind]
