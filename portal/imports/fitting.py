"""Whether a column fits what it is taken for: by the words of its header and by what is in it."""

from collections.abc import Sequence

from portal import money
from portal.imports.values import Cell, Fault, Habits, day, email, text_of

_COUNTS = frozenset(
    [
        *("items", "item", "articulos", "productos", "products", "quantity", "qty", "cantidad"),
        *("unidades", "units", "piezas", "pieces"),
    ]
)
_EACH = frozenset(["unit", "unitario", "unidad", "each"])
_EXTRAS = frozenset(
    [
        *("discount", "descuento", "tax", "taxes", "impuesto", "impuestos", "iva", "shipping", "envio"),
        *("tip", "propina"),
    ]
)
_WITH = frozenset(["with", "con", "incl", "inc", "including", "included", "incluido", "incluidos"])
_PRICES = frozenset(["price", "precio"])
_MARKS = {"email": "@", "contact_email": "@"} | dict.fromkeys(("phone", "contact_phone", "date"), "0123456789")
"""What some text of a column must hold, so that its header is believed."""


def can_hold(field: str, place: int, folded: Sequence[str], sample: Sequence[Sequence[Cell]]) -> bool:
    """Whether a column that is called like a field can be it, by the rest of the headers and by what is in it."""
    words = set(folded[place].split())
    if field == "refund":
        return not words & _COUNTS
    if field == "description":
        return "refund" not in words
    if field == "amount":
        return is_total(place, folded)
    if field not in _MARKS:
        return True
    texts = [text for row in sample if place < len(row) and (text := text_of(row[place]))]
    return not texts or any(mark in text for text in texts for mark in _MARKS[field])


def is_total(place: int, folded: Sequence[str]) -> bool:
    """Whether a header can name what was paid: no count, no price of one piece, no mere part of the total."""
    words = set(folded[place].split())
    of_several = any(_COUNTS & set(header.split()) for header in folded)
    return not (
        words & (_COUNTS | _EACH) or (words & _PRICES and of_several) or (words & _EXTRAS and not words & _WITH)
    )


def customers_held(texts: Sequence[str]) -> str:
    """How a column calls customers: by `email` or by `name`, where nine in ten of its texts agree; else empty. Names
    and addresses mixed are names.
    """
    addresses = sum("@" in text for text in texts)
    names = sum("@" not in text and _is_words(text) for text in texts)
    if addresses * 10 >= len(texts) * 9:
        return "email"
    return "name" if (addresses + names) * 10 >= len(texts) * 9 else ""


def _is_words(text: str) -> bool:
    """Whether a text is rather a name than a code: two words without digits, or one that is written like `Mary`."""
    words = [word for word in text.split() if not any(letter.isdigit() for letter in word)]
    if len(words) == 1 == len(text.split()):
        return text.isalpha() and text not in (text.upper(), text.lower())
    return len(words) > 1 and any(sum(letter.isalpha() for letter in word) > 1 for word in words)


def all_emails(cells: Sequence[Cell]) -> bool:
    """Whether these are addresses."""
    try:
        return all(email(cell) for cell in cells)
    except Fault:
        return False


def all_dates(cells: Sequence[Cell]) -> bool:
    """Whether these are days, in whatever order."""
    habits = Habits(day_first=True)
    for cell in cells:
        if isinstance(cell, (int, float)):
            return False
        try:
            day(cell, habits)
        except Fault as fault:
            if fault.code not in ("date_other_order", "date_in_future", "date_too_old"):
                return False
    return True


def all_amounts(cells: Sequence[Cell]) -> bool:
    """Whether these are amounts, some with decimals."""
    for cell in cells:
        if isinstance(cell, bool) or not isinstance(cell, (str, int, float)):
            return False
        if isinstance(cell, str):
            try:
                money.parse(cell, money.named_currency(cell) or "CLF", None)
            except money.NotMoney as refused:
                if refused.code != "amount_ambiguous":
                    return False
    return any("." in text_of(cell) or "," in text_of(cell) for cell in cells)
