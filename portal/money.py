"""Money as whole minor units of a currency: how many decimals a currency has, and reading amounts that people typed.

Nothing here rounds. An amount that the currency cannot hold exactly is refused with a named reason, and a text that
could mean two amounts (`1,234`) is read with the decimal mark that the caller gives, or refused as ambiguous.
"""

import re
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache

# ISO 4217, active codes. Two decimals unless listed below.
_CODES = """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF
    CLF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL
    HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL
    MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON
    RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH
    UGX USD UYU UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG
"""
CURRENCIES = frozenset(_CODES.split())
_NO_DECIMALS = frozenset(
    ["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"]
)
_THREE_DECIMALS = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])
_FOUR_DECIMALS = frozenset({"CLF"})

# Ten thousand million units of a two-decimal currency: far above a sale, far below 2^53, so every reader agrees on it.
LARGEST_MINOR = 10**12

LONGEST = 100
"""Characters of an amount with what stands around it. To look for both in a long text costs its length squared."""

_SYMBOLS = {
    "€": "EUR",
    "£": "GBP",
    "US$": "USD",
    "MX$": "MXN",
    "¥": "JPY",
    "R$": "BRL",
    "C$": "CAD",
    "A$": "AUD",
    "S/": "PEN",
}
_SPACES = str.maketrans("", "", " \t\u00a0\u2007\u2009\u202f'\u2019")
_MINUSES = str.maketrans("\u2212\u2013\u2012", "---")
_NATIONAL = re.compile(r"(?<=[0-9.,])M\.?N\.?\Z", re.ASCII | re.IGNORECASE)
"""Mexico's *moneda nacional* after an amount; like a bare `$`, it names no currency that we could tell."""
_PLAIN = re.compile(r"[0-9]{1,10}(?:\.[0-9]{1,2})?", re.ASCII)
_NUMBER = re.compile(r"[0-9][0-9.,]*|[.,][0-9]+", re.ASCII)
_AFFIXES = re.compile(r"([^\d.,()+-]*)([+-]?)([^\d.,()+-]*)([0-9.,]+)([^\d.,()+-]*)([+-]?)", re.ASCII)


class NotMoney(ValueError):
    """An amount that cannot be taken as it stands.

    `code` is one of `amount_missing`, `amount_not_a_number`, `amount_ambiguous`, `amount_grouping`,
    `amount_too_precise`, `amount_too_large`, `currency_unknown`, `currency_differs`; `params` holds what a sentence
    about it needs.
    """

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


@lru_cache(maxsize=256)
def exponent(currency: str) -> int:
    """How many decimals the currency has: 2 for MXN, 0 for JPY, 3 for KWD (ISO 4217)."""
    if currency not in CURRENCIES:
        raise NotMoney("currency_unknown", currency=currency[:12])
    if currency in _NO_DECIMALS:
        return 0
    if currency in _THREE_DECIMALS:
        return 3
    return 4 if currency in _FOUR_DECIMALS else 2


def currency_code(text: str) -> str:
    """The ISO code meant by `mxn`, ` USD `, `€` or `US$`; refuses what is none (`$` alone could be twenty)."""
    code = text.strip().upper()
    if code in CURRENCIES:
        return code
    if code in _SYMBOLS:
        return _SYMBOLS[code]
    raise NotMoney("currency_unknown", currency=text.strip()[:12])


def to_minor(amount: Decimal, currency: str) -> int:
    """The amount in minor units, exactly: 12.50 MXN is 1250. Refuses NaN, infinities and too many decimals."""
    if not amount.is_finite():
        raise NotMoney("amount_not_a_number", text=str(amount)[:40])
    if amount.adjusted() > 15:
        raise NotMoney("amount_too_large", text=f"{amount:.6E}"[:40])
    places = exponent(currency)
    if amount.adjusted() < -places - 30 and amount:
        raise NotMoney("amount_too_precise", text=f"{amount:.6E}"[:40], places=places)
    scaled = amount.scaleb(places)
    minor = int(scaled)
    if minor != scaled:
        raise NotMoney("amount_too_precise", text=str(amount)[:40], places=places)
    if abs(minor) > LARGEST_MINOR:
        raise NotMoney("amount_too_large", text=str(amount)[:40])
    return minor


def from_minor(minor: int, currency: str) -> Decimal:
    """The amount as a decimal with all the currency's decimals: 1250 MXN is 12.50."""
    return Decimal(minor).scaleb(-exponent(currency))


def plain(minor: int, currency: str) -> str:
    """The amount as a form field or a spreadsheet cell shows it: digits and a decimal point, no grouping, no symbol."""
    return f"{from_minor(minor, currency):f}"


def parse(text: str, currency: str, decimal: str | None = ".") -> int:
    """A typed amount in minor units of `currency`.

    `decimal` is the decimal mark of the writer's habit and decides only texts that could be read both ways; `None`
    refuses those as `amount_ambiguous`. Currency signs, spaces, a minus on either side and accountants' parentheses
    are understood. A sign that names another currency is refused as `currency_differs`.
    """
    if _PLAIN.fullmatch(text) and decimal == ".":
        return to_minor(Decimal(text), currency)
    negative, named, digits = _undress(text)
    if named and named != currency:
        raise NotMoney("currency_differs", text=text.strip()[:40], currency=currency)
    value = Decimal(_ungroup(digits, decimal, text))
    try:
        return to_minor(-value if negative else value, currency)
    except NotMoney as refused:
        raise NotMoney(refused.code, **refused.params | {"text": text.strip()[:40]}) from refused


def named_currency(text: str) -> str | None:
    """The currency that an amount's own text names (`USD 12`, `12 €`), or None."""
    try:
        return _undress(text)[1]
    except NotMoney:
        return None


def decimal_mark(texts: Iterable[str]) -> tuple[str | None, bool]:
    """What a column of amounts says about its decimal mark: the mark (None when nothing shows it) and whether it
    matters.

    It matters when at least one text could be read both ways. A column that shows both marks answers with the
    commoner one; the rows that break it are then refused one by one.
    """
    seen = {".": 0, ",": 0}
    unsure = False
    for text in texts:
        mark = _mark_of(text)
        if mark == "?":
            unsure = True
        elif mark:
            seen[mark] += 1
    if seen["."] == seen[","]:
        return None, unsure or seen["."] > 0
    return max(seen, key=lambda mark: seen[mark]), unsure


def _mark_of(text: str) -> str:
    """The decimal mark one text proves: `.` or `,`; `?` when it can be read both ways; empty when it says nothing."""
    try:
        digits = _undress(text)[2]
    except NotMoney:
        return ""
    last = max(digits.rfind("."), digits.rfind(","))
    if last < 0:
        return ""
    mark = digits[last]
    other = "," if mark == "." else "."
    if other in digits:
        return mark
    if digits.count(mark) > 1:
        return other
    return "?" if _could_group(digits, mark) else mark


def _could_group(digits: str, mark: str) -> bool:
    """Whether a single mark may part thousands: one to three digits before it, no zero first, exactly three after."""
    before, _, after = digits.partition(mark)
    return len(after) == 3 and 1 <= len(before) <= 3 and before[0] != "0"


def _undress(text: str) -> tuple[bool, str | None, str]:
    """Whether the amount is negative, the currency that it names, and its digits with their marks."""
    bare = _NATIONAL.sub("", text.translate(_SPACES).translate(_MINUSES))
    if not bare:
        raise NotMoney("amount_missing")
    negative = False
    if bare[0] == "(" and bare[-1] == ")":
        negative, bare = True, bare[1:-1]
    if _NUMBER.fullmatch(bare):
        return negative, None, bare
    found = _AFFIXES.fullmatch(bare) if len(bare) <= LONGEST else None
    if not found:
        raise NotMoney("amount_not_a_number", text=text.strip()[:40])
    before, sign, inner, digits, after, trailing = found.groups()
    if "-" in (sign, trailing):
        if negative or (sign and trailing):
            raise NotMoney("amount_not_a_number", text=text.strip()[:40])
        negative = True
    return negative, _affix_currency(before + inner, after, text), digits


def _affix_currency(before: str, after: str, text: str) -> str | None:
    """The currency named before or after the digits; a bare `$` names none; any other word is refused."""
    named: set[str] = set()
    for affix in (before.upper(), after.upper()):
        if affix in ("", "$"):
            continue
        code = _SYMBOLS.get(affix) or _SYMBOLS.get(affix.rstrip(".")) or affix.strip("$.")
        if code not in CURRENCIES:
            raise NotMoney("amount_not_a_number", text=text.strip()[:40])
        named.add(code)
    if len(named) > 1:
        raise NotMoney("amount_not_a_number", text=text.strip()[:40])
    return named.pop() if named else None


def _ungroup(digits: str, decimal: str | None, text: str) -> str:
    """Digits with a decimal point only, once the marks are told apart; refuses grouping that no writer means."""
    mark = _mark_of(digits)
    if mark == "?":
        if decimal is None:
            raise NotMoney("amount_ambiguous", text=text.strip()[:40])
        mark = decimal
    mark = mark or "."
    group = "," if mark == "." else "."
    whole, point, fraction = digits.partition(mark)
    groups = whole.split(group)
    badly_grouped = len(groups) > 1 and (not 1 <= len(groups[0]) <= 3 or any(len(part) != 3 for part in groups[1:]))
    if badly_grouped or group in fraction or mark in fraction:
        raise NotMoney("amount_grouping", text=text.strip()[:40])
    if point and not fraction and not whole:
        raise NotMoney("amount_not_a_number", text=text.strip()[:40])
    return f"{''.join(groups) or '0'}.{fraction or '0'}"
