"""What one cell means: text to a day, an amount, a telephone number, an e-mail address.

A cell that cannot be taken raises Fault: a code with parameters, which `words` turns into a sentence. Ambiguous
habits (day or month first, decimal point or comma) are deduced over the whole column, never guessed for one cell.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from typing import NamedTuple

from portal import money
from portal.contacts.emails import EmailNotUnderstood, normalise_email
from portal.contacts.phones import PhoneNotUnderstood, normalise_phone
from portal.texts import UnfitText, clean_line, clean_text

Cell = str | int | float | bool | date | datetime | time | timedelta

LONGEST_TEXT = {"customer": 80, "name": 160, "order": 80, "city": 80, "contact_name": 120, "assignee": 254}
LONGEST_NOTES = 10_000
LONGEST_WORDS = 400
EARLIEST = date(1900, 1, 1)
_EXCEL_EPOCH = date(1899, 12, 30)
_EXCEL_DAYS = range(18_264, 73_051)  # 1950 to 2100: a bare number outside is no date that anybody meant


class Fault(ValueError):
    """One reason why a row is refused: the field, a code, and what a sentence about it needs."""

    def __init__(self, field: str, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.field = field
        self.code = code
        self.params = params


class Habits(NamedTuple):
    """How the writer of a file writes: what the columns showed, or what a person answered."""

    day_first: bool | None = None
    decimal: str | None = None
    currency: str = "MXN"
    zone: tzinfo = UTC
    region: str = "MX"
    today: date = date.max


def text_of(cell: Cell | None) -> str:
    """Any cell as the text that a person would see: 1001.0 is `1001`, a day is ISO."""
    if isinstance(cell, str):
        return cell.strip()
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds")
    return str(cell)


def fold(text: str) -> str:
    """Lower case, without accents, words parted by one space: how headers and status words are compared, by as much of
    them as could be a header.
    """
    bare = unicodedata.normalize("NFKD", text[:LONGEST_WORDS]).encode("ascii", "ignore").decode().lower()
    return " ".join(re.findall(r"[a-z0-9]+", bare))


def short_text(cell: Cell, field: str) -> str:
    """One line of text for one of our columns; refuses what can't be kept and what is longer than the column."""
    return _kept(clean_line, text_of(cell), field, LONGEST_TEXT[field])


def long_text(cell: Cell, field: str = "notes") -> str:
    """A text of several lines."""
    return _kept(clean_text, text_of(cell), field, LONGEST_NOTES)


def _kept(clean: Callable[[str], str], text: str, field: str, longest: int) -> str:
    try:
        text = clean(text)
    except UnfitText as error:
        raise Fault(field, "control_characters") from error
    if len(text) > longest:
        raise Fault(field, "text_too_long", most=longest)
    return text


def email(cell: Cell, field: str = "email") -> str:
    """The e-mail address in its stored form, or empty for an empty cell."""
    text = text_of(cell)
    if not text:
        return ""
    try:
        return normalise_email(text)
    except EmailNotUnderstood as refused:
        raise Fault(field, "email_not_understood", text=refused.text) from refused


def address_for_name(cell: Cell) -> str:
    """The e-mail address that stands where a name should, in its stored form; else empty."""
    try:
        return email(cell) if "@" in text_of(cell) else ""
    except Fault:
        return ""


def phone(cell: Cell, region: str, field: str = "phone") -> str:
    """The telephone number in E.164, or empty for an empty cell; Shopify's leading apostrophe is left out."""
    text = text_of(cell).lstrip("'")
    if not text:
        return ""
    try:
        return normalise_phone(text, region)
    except PhoneNotUnderstood as refused:
        raise Fault(field, "phone_not_understood", text=refused.text) from refused


def currency(cell: Cell, otherwise: str, field: str = "currency") -> str:
    """The currency that a cell names, or the given one for an empty cell."""
    text = text_of(cell)
    if not text:
        return otherwise
    try:
        return money.currency_code(text)
    except money.NotMoney as refused:
        raise Fault(field, refused.code, **refused.params) from refused


def amount(cell: Cell, code: str, decimal: str | None, field: str = "amount") -> int:
    """An amount in minor units of `code`; a spreadsheet's number counts with the 15 digits that it shows."""
    try:
        if isinstance(cell, (int, float)) and not isinstance(cell, bool):
            return _amount_of_number(cell, code)
        return money.parse(text_of(cell), code, decimal)
    except money.NotMoney as refused:
        raise Fault(field, refused.code, **refused.params) from refused


def _amount_of_number(number: int | float, code: str) -> int:
    """A spreadsheet's binary number as the decimal it stands for: 0.1 + 0.2 is 0.3, as the spreadsheet shows it."""
    if math.isnan(number):
        raise money.NotMoney("amount_not_a_number", text="NaN")
    if abs(number) >= 1e15:
        raise money.NotMoney("amount_too_large", text=str(number))
    return money.to_minor(Decimal(f"{number:.15g}"), code)


# ---------------------------------------------------------------------------------------------------------------- days

_TIME = (
    r"(?:(?:\s*,\s*|\s+|t)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d{1,9})?)?"
    r"\s*(?P<half>[ap])?\.?\s?(?:m\.?)?(?:h(?:rs?|s)?\.?)?\s*(?P<zone>z|utc|gmt|(?:utc|gmt)?[+-]\d{2}(?::?\d{2})?)?)?"
)
_YEAR_FIRST = re.compile(rf"(?P<year>\d{{4}})[-/.](?P<month>\d{{1,2}})[-/.](?P<day>\d{{1,2}}){_TIME}", re.ASCII)
_COMPACT = re.compile(r"(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)", re.ASCII)
_YEAR_LAST = re.compile(
    rf"(?P<one>\d{{1,2}})(?P<mark>[-/.])(?P<two>\d{{1,2}})(?P=mark)(?P<year>\d{{4}}|\d\d){_TIME}", re.ASCII
)
_DAY_MONTH = re.compile(
    rf"(?:[a-z]{{2,10}}\.?,?\s+)?(?P<day>\d{{1,2}})(?:st|nd|rd|th|o)?[-/.\s]+(?:(?:de|of)\s+)?(?P<name>[a-z]{{3,10}})\.?,?"
    rf"[-/.\s]+(?:del?\s+)?(?P<year>\d{{4}}|\d\d){_TIME}",
    re.ASCII,
)
_MONTH_DAY = re.compile(
    rf"(?:[a-z]{{2,10}}\.?,?\s+)?(?P<name>[a-z]{{3,10}})\.?[-/.\s]+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?[-/.\s]+"
    rf"(?P<year>\d{{4}}){_TIME}",
    re.ASCII,
)
_MONTH_NAMES = """
    jan january ene enero, feb february febrero, mar march marzo, apr april abr abril, may mayo, jun june junio,
    jul july julio, aug august ago agosto, sep sept september septiembre set setiembre, oct october octubre,
    nov november noviembre, dec december dic diciembre
"""
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES.split(","), 1) for name in names.split()}


def day(cell: Cell, habits: Habits, field: str = "date") -> date:
    """The calendar day that a cell means; an instant with a zone falls on the firm's day (`habits.zone`).

    Refuses days that do not exist, that lie after `habits.today` or before 1900, and those that need
    `habits.day_first` to be known.
    """
    found = _day_of_cell(cell, habits, field)
    if found > habits.today:
        raise Fault(field, "date_in_future", text=_quoted_day(cell, found))
    if found < EARLIEST:
        raise Fault(field, "date_too_old", text=_quoted_day(cell, found))
    return found


def _quoted_day(cell: Cell, found: date) -> str:
    """A day as the file writes it, so that it is found there; of a spreadsheet's own date or number, the day meant."""
    return cell.strip()[:40] if isinstance(cell, str) else found.isoformat()


def _day_of_cell(cell: Cell, habits: Habits, field: str) -> date:
    if isinstance(cell, str):
        return _day_of_text(cell.strip(), habits, field)
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        if int(cell) in _EXCEL_DAYS:
            return _EXCEL_EPOCH + timedelta(days=int(cell))
        return _day_of_text(text_of(cell), habits, field)
    raise Fault(field, "date_not_understood", text=text_of(cell)[:40])


def _day_of_text(text: str, habits: Habits, field: str) -> date:
    if not text:
        raise Fault(field, "date_missing")
    parts = _date_parts(text)
    if parts is None:
        raise Fault(field, "date_not_understood", text=text[:40])
    year, month, number = _year_month_day(parts, habits.day_first, text, field)
    try:
        whole = date(year, month, number)
        return _day_in_zone(whole, parts, habits.zone)
    except (ValueError, OverflowError) as error:
        raise Fault(field, "date_does_not_exist", text=text[:40]) from error


def _date_parts(text: str) -> dict[str, str | None] | None:
    """The named parts of a date in any of the forms that we read, or None."""
    plain = unicodedata.normalize("NFKD", text[:64]).encode("ascii", "ignore").decode().lower()
    for form in (_YEAR_FIRST, _YEAR_LAST, _COMPACT, _DAY_MONTH, _MONTH_DAY):
        found = form.fullmatch(plain)
        if found:
            return found.groupdict()
    return None


def _year_month_day(
    parts: dict[str, str | None], day_first: bool | None, text: str, field: str
) -> tuple[int, int, int]:
    year = int(parts["year"] or 0)
    if len(parts["year"] or "") == 2:
        year += 2000 if year < 70 else 1900
    if parts.get("one") is not None:
        one, two = int(parts["one"] or 0), int(parts["two"] or 0)
        if one > 12 or two > 12 or one == two:
            # The text itself decides; a column that shows the other order makes this row the odd one out.
            if day_first is not None and one != two and (one > 12) != day_first:
                raise Fault(field, "date_other_order", text=text[:40])
            return year, min(one, two), max(one, two)
        if day_first is None:
            raise Fault(field, "date_ambiguous", text=text[:40])
        return (year, two, one) if day_first else (year, one, two)
    if parts.get("name"):
        month = _MONTHS.get(parts["name"] or "")
        if not month:
            raise Fault(field, "date_not_understood", text=text[:40])
        return year, month, int(parts["day"] or 0)
    return year, int(parts["month"] or 0), int(parts["day"] or 0)


def _day_in_zone(whole: date, parts: dict[str, str | None], zone: tzinfo) -> date:
    """The firm's calendar day of an instant; without a zone in the text, the day as written."""
    if parts.get("hour") is None:
        return whole
    hour = int(parts["hour"] or 0)
    if parts["half"]:
        if not 1 <= hour <= 12:
            raise ValueError("hour")
        hour = hour % 12 + (12 if parts["half"] == "p" else 0)
    clock = time(hour, int(parts["minute"] or 0), min(int(parts["second"] or 0), 59))
    if not parts["zone"]:
        return whole
    return datetime.combine(whole, clock, _offset(parts["zone"])).astimezone(zone).date()


def _offset(text: str) -> timezone:
    """`z`, `+02`, `-0600` or `-06:00` as a fixed offset."""
    digits = text.removeprefix("utc").removeprefix("gmt").replace(":", "")
    if digits in ("", "z"):
        return UTC
    minutes = int(digits[1:3]) * 60 + int(digits[3:5] or 0)
    return timezone(timedelta(minutes=-minutes if digits[0] == "-" else minutes))


def day_order(cells: Iterable[Cell]) -> tuple[bool | None, bool]:
    """What a column of dates says about its order: day first (True), month first (False) or nothing (None); and
    whether it matters.

    It matters when a date could be read both ways. Both orders in one column answer with the commoner one.
    """
    day_first = month_first = 0
    unsure = False
    for cell in cells:
        found = _YEAR_LAST.match(cell.strip().lower()) if isinstance(cell, str) else None
        if not found:
            continue
        one, two = int(found["one"]), int(found["two"])
        if one > 12 >= two:
            day_first += 1
        elif two > 12 >= one:
            month_first += 1
        elif one != two:
            unsure = True
    if day_first == month_first:
        return None, unsure
    return day_first > month_first, unsure
