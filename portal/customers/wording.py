"""What every line says about a customer, worked out once per language."""

from functools import lru_cache
from typing import Any

from portal.language import page_gettext as _
from portal.language import page_ngettext as ngettext
from portal.language import spoken


def standing(row: Any) -> str:
    """How the customer stands: "client · 6 purchase days"."""
    return _standing(row.status, row.purchase_days, spoken())


def status_word(status: str) -> str:
    """Prospect, buyer or client, in the language of the page."""
    return _standing(status, 0, spoken())


@lru_cache(maxsize=2048)
def _standing(status: str, days: int, locale: str) -> str:
    word: str = {"prospect": _("prospect"), "buyer": _("buyer"), "client": _("client")}[status]
    return f"{word} · " + ngettext("%(num)d purchase day", "%(num)d purchase days", days) if days else word
