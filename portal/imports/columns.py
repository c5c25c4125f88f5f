"""Which column of a file holds what: guessed from its headers and its first rows, in English and Spanish, or said by
hand.

A mapping is a dict of our field to the file's column name: `{"date": "Fecha", "amount": "Importe"}`.
"""

from collections.abc import Sequence
from typing import NamedTuple

from portal.imports import fitting
from portal.imports.header_words import SYNONYMS
from portal.imports.values import Cell, fold, text_of

Mapping = dict[str, str]

PURCHASE_FIELDS = (
    "date", "amount", "customer", "email", "phone", "name", "last_name", "order", "currency", "description", "status",
    "refund", "cancelled",
)  # fmt: skip
CUSTOMER_FIELDS = (
    "name", "last_name", "customer", "email", "phone", "city", "contact_name", "contact_last_name", "contact_email",
    "contact_phone", "assignee", "tags", "notes",
)  # fmt: skip
FIELDS = {"purchases": PURCHASE_FIELDS, "customers": CUSTOMER_FIELDS}
IDENTIFYING = ("customer", "email", "phone")

_BARE_IDS = {
    "id",
    "clave",
    "codigo",
    "code",
    "numero",
    "number",
}  # a customer's in a list of customers, an order's or a product's elsewhere
_WHOLE_ONLY = {
    "customer",
    "name",
    "last_name",
    "order",
    "assignee",
}  # one word inside a longer header says too little for these

_FIRMS = ("company name", "company", "nombre de la empresa", "empresa", "razon social")
_PERSONS = ("first name", "nombre", "nombres", "full name", "nombre completo", "nombre y apellidos", "name")
"""Headers of a firm's name, and of the person's who is met there."""

_SAY_CUSTOMER = {"customer", "cliente", "client"}  # a number or a name: only what is in the column tells

_SHOPIFY = {
    "order": ["name"],
    "date": ["created at", "paid at"],
    "amount": ["total"],
    "refund": ["refunded amount"],
    "cancelled": ["cancelled at"],
    "status": ["financial status"],
    "currency": ["currency"],
    "email": ["email"],
    "phone": ["billing phone", "phone", "shipping phone"],
    "name": ["billing name", "shipping name"],
    "description": ["lineitem name"],
}
_HEADER_CODES = "USD MXN EUR GBP CAD COP ARS CLP BRL GTQ UYU CRC DOP CHF JPY AUD"  # those that are no words
_HEADER_CURRENCIES = {
    **{code.lower(): code for code in _HEADER_CODES.split()},
    "dolares": "USD",
    "dollars": "USD",
    "euros": "EUR",
}


class Guess(NamedTuple):
    """What a file seems to be: its source, its mapping, and the currency that a header names."""

    source: str  # shopify, woocommerce or file
    mapping: Mapping
    currency: str | None


class BadMapping(ValueError):
    """A mapping that cannot be used: `code` is `field_unknown`, `column_unknown` or `mapping_unreadable`."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code
        self.text = text


def guess(kind: str, headers: Sequence[str], sample: Sequence[Sequence[Cell]]) -> Guess:
    """What each field is most likely called in this file; fields that nothing fits are absent."""
    folded = [fold(header) for header in headers]
    filled = [sum(1 for row in sample if place < len(row) and text_of(row[place])) for place in range(len(headers))]
    if kind == "purchases" and {"financial status", "lineitem name", "name"} <= set(folded):
        return Guess("shopify", _by_preset(_SHOPIFY, headers, folded, filled), None)
    places = _by_words(kind, folded, filled, sample)
    _by_customers(places, folded, filled, sample)
    if kind == "customers":
        _settle_person(places, folded)
    if "name" in places and "last_name" in places and not _is_first_name(folded[places["name"]]):
        del places["last_name"]
    _by_content(kind, places, folded, sample)
    if kind == "purchases":
        _settle_customer(places)
    mapping = {field: headers[places[field]] for field in FIELDS[kind] if field in places}
    source = "woocommerce" if kind == "purchases" and _is_woocommerce(folded) else "file"
    return Guess(source, mapping, _header_currency(folded[places["amount"]]) if "amount" in places else None)


def _is_first_name(header: str) -> bool:
    return "first" in header.split() or header in ("nombre", "nombres", "name")


def _is_woocommerce(folded: Sequence[str]) -> bool:
    known = set(folded)
    numbered = known & {"order number", "order id"}
    return bool(
        numbered and known & {"order status", "status"} and known & {"order total amount", "order total", "order key"}
    )


def _by_preset(
    preset: dict[str, list[str]], headers: Sequence[str], folded: Sequence[str], filled: Sequence[int]
) -> Mapping:
    """A known export: per field the best filled of its columns, the first named one on a draw."""
    mapping = {}
    for field, names in preset.items():
        present = [folded.index(name) for name in names if name in folded]
        if present:
            mapping[field] = headers[max(present, key=lambda place: filled[place])]
    return mapping


def _by_words(
    kind: str, folded: Sequence[str], filled: Sequence[int], sample: Sequence[Sequence[Cell]]
) -> dict[str, int]:
    """Pair fields with columns, the surest pairs first; every column serves one field."""
    pairs = []
    sampled = any(filled)
    for field in FIELDS[kind]:
        for place, header in enumerate(folded):
            score = (
                900 if kind == "customers" and field == "customer" and header in _BARE_IDS else _likeness(field, header)
            )
            if field == "name" and sampled and not filled[place]:
                score = min(score, 1)  # an empty company column beside a filled first name
            if score and fitting.can_hold(field, place, folded, sample):
                pairs.append((score, bool(filled[place]), -place, field, place))
    places: dict[str, int] = {}
    for _, _, _, field, place in sorted(pairs, reverse=True):
        if field not in places and place not in places.values():
            places[field] = place
    return places


def _settle_person(places: dict[str, int], folded: Sequence[str]) -> None:
    """A list that names a firm and, in columns of their own, the person there: the person is the contact."""
    if "name" not in places or "contact_name" in places or folded[places["name"]] not in _FIRMS:
        return
    free = [place for place in range(len(folded)) if place not in places.values() and folded[place] in _PERSONS]
    if free:
        places["contact_name"] = min(free, key=lambda place: _PERSONS.index(folded[place]))
        if "last_name" in places:
            places["contact_last_name"] = places.pop("last_name")


def _likeness(field: str, header: str) -> int:
    """How surely a header names a field: 0 not at all; exact names above those that only contain one."""
    best = 0
    for rank, words in enumerate(SYNONYMS[field]):
        if header == words:
            return 1000 - rank
        telling = " " in words or (len(words) > 3 and field not in _WHOLE_ONLY)
        if telling and f" {words} " in f" {header} ":
            best = max(best, 100 + len(words) - rank)
    return best


def _by_customers(
    places: dict[str, int], folded: Sequence[str], filled: Sequence[int], sample: Sequence[Sequence[Cell]]
) -> None:
    """Correct by what is in them the columns that a header made the customer's number or name: a number that is an
    address or a name would bring known customers in a second time.
    """

    def has(field: str) -> bool:
        return field in places and bool(filled[places[field]])

    for field in ("customer", "name"):
        if not has(field):
            continue
        place = places[field]
        held = fitting.customers_held([text for row in sample if place < len(row) and (text := text_of(row[place]))])
        if held == "email" and not (field == "name" and has("email")):
            del places[field]
            if not has("email"):
                places["email"] = place
        elif held == "name" and field == "customer" and folded[place] in _SAY_CUSTOMER:
            if not has("name"):
                places["name"] = places.pop("customer")
            elif has("email") or has("phone"):
                del places["customer"]


def _by_content(kind: str, places: dict[str, int], folded: Sequence[str], sample: Sequence[Sequence[Cell]]) -> None:
    """Find by what is in them the columns that no header named: addresses, dates, amounts with decimals."""
    tests = {"email": fitting.all_emails} | (
        {"date": fitting.all_dates, "amount": fitting.all_amounts} if kind == "purchases" else {}
    )
    for field, fits in tests.items():
        if field in places:
            continue
        for place in range(len(folded)):
            cells = [row[place] for row in sample if place < len(row) and text_of(row[place])]
            named = field != "amount" or fitting.is_total(place, folded)
            if place not in places.values() and named and cells and fits(cells):
                places[field] = place
                break


def _settle_customer(places: dict[str, int]) -> None:
    """A file that knows its customers by name only: the name is then what tells them apart."""
    if "name" in places and not any(field in places for field in IDENTIFYING):
        places["customer"] = places["name"]


def _header_currency(header: str) -> str | None:
    """The currency that a header names: `amount_usd`, `Total (MXN)`."""
    return next((_HEADER_CURRENCIES[word] for word in header.split() if word in _HEADER_CURRENCIES), None)


def missing(kind: str, mapping: Mapping) -> list[str]:
    """Which fields must still be said before rows can be read: `customer` stands for any of id, e-mail and phone."""
    if kind == "customers":
        return [] if any(mapping.get(field) for field in ("name", *IDENTIFYING)) else ["name"]
    needed = [field for field in ("date", "amount") if not mapping.get(field)]
    if not any(mapping.get(field) for field in IDENTIFYING):
        needed.append("customer")
    return needed


def by_hand(kind: str, text: str, headers: Sequence[str]) -> Mapping:
    """The mapping said on a command line: `customer=Cliente,date=Fecha,amount=Importe`; raises BadMapping."""
    mapping: Mapping = {}
    for part in text.split(","):
        field, equals, column = part.partition("=")
        field, column = field.strip(), column.strip()
        if not equals or not column:
            raise BadMapping("mapping_unreadable", part)
        if field not in FIELDS[kind]:
            raise BadMapping("field_unknown", field)
        mapping[field] = column_named(column, headers)
    return mapping


def column_named(name: str, headers: Sequence[str]) -> str:
    """The header meant by a name: exactly, or but for case, accents and punctuation; raises BadMapping."""
    if name in headers:
        return name
    alike = [header for header in headers if fold(header) == fold(name)]
    if len(alike) != 1:
        raise BadMapping("column_unknown", name)
    return alike[0]


def places(mapping: Mapping, headers: Sequence[str]) -> dict[str, int]:
    """Field to column number, for reading rows; columns that the file no longer has are refused."""
    found = {}
    for field, name in mapping.items():
        if name not in headers:
            raise BadMapping("column_unknown", name)
        found[field] = list(headers).index(name)
    return found
