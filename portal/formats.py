"""Jinja filters: money, days, "3 days late", phones. Cached, since a list says the same things many times.

Numbers are said as the language of the page says them; days relative to the firm's today.
"""

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal
from flask import Flask
from markupsafe import Markup, escape

from portal import clock
from portal.language import page_gettext as _
from portal.language import page_ngettext as ngettext
from portal.language import spoken
from portal.money import CURRENCIES, exponent

__all__ = [
    "MOST_DAYS_AGO", "ago", "day", "due", "init_app", "iso_day", "moment", "money", "number", "phone", "typed",
    "whole_money",
]  # fmt: skip

MOST_DAYS_AGO = 60
"""A day longer ago than so many days is said by its date: some sentences want another word before that."""

_REGIONS = {"es": "es_MX", "en": "en_US"}
"""By whose habits the numbers of a language are written."""


@lru_cache(maxsize=8192)
def _money(minor: int, currency: str, locale: str) -> str:
    places = exponent(currency) if currency in CURRENCIES else 2
    amount = Decimal(minor).scaleb(-places)
    pattern = "¤¤ #,##0" if amount == amount.to_integral() and abs(amount) >= 1000 else "¤¤ #,##0." + "0" * places
    return format_currency(amount, currency, pattern.rstrip("."), locale=_REGIONS[locale], currency_digits=False)


def money(minor: int | None, currency: str | None) -> str:
    """Minor units as people read them: 4130000, MXN → "MXN 41,300"."""
    if minor is None or not currency:
        return "–"
    return _money(minor, currency, spoken())


def typed(words: object) -> Markup:
    """What somebody typed, to stand in a line with words of ours, whose direction of writing it can't turn round."""
    return Markup("<bdi>{}</bdi>").format(words)


def whole_money(minor: int | None, currency: str | None) -> str:
    """The same without cents, for what is weighed rather than paid: 4130050, MXN → "MXN 41,301"."""
    if minor is None or not currency:
        return "–"
    unit = 10 ** (exponent(currency) if currency in CURRENCIES else 2)
    return _whole((2 * minor + unit) // (2 * unit), currency, spoken())


@lru_cache(maxsize=8192)
def _whole(units: int, currency: str, locale: str) -> str:
    return format_currency(units, currency, "¤¤ #,##0", locale=_REGIONS[locale], currency_digits=False)


@lru_cache(maxsize=4096)
def _day(day_: date, today: date, locale: str) -> Markup:
    if day_.year == today.year:
        text = format_date(day_, "d MMM", locale=locale)
    else:
        text = format_date(day_, "d MMM y", locale=locale)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        day_.isoformat(), format_date(day_, "full", locale=locale), text
    )


def day(value: date | None) -> Markup:
    """A day, short: "9 Nov", with its year when that is not this one."""
    if value is None:
        return Markup("–")
    return _day(value, clock.today(), spoken())


def iso_day(value: str | None) -> Markup:
    """A day that an event keeps as text ("2026-11-09"), short; a text that is none, as it is."""
    try:
        return day(date.fromisoformat(value)) if value else Markup("–")
    except ValueError:
        return escape(value)


def moment(value: datetime | None) -> Markup:
    """An instant on the firm's clock: "9 Nov 14:05"."""
    if value is None:
        return Markup("–")
    local = clock.local(value)
    text = f"{day(local.date()).striptags()} {format_time(local, 'HH:mm', locale=spoken())}"
    return Markup('<time datetime="{}">{}</time>').format(value.isoformat(), text)


def ago(value: date | None) -> Markup:
    """A day gone by, as people say it: "today", "yesterday", "12 days ago", else the day itself."""
    if value is None:
        return escape(_("never"))
    return _ago(value, clock.today(), spoken())


@lru_cache(maxsize=4096)
def _ago(value: date, today: date, locale: str) -> Markup:
    days = (today - value).days
    if days == 0:
        words = _("today")
    elif days == 1:
        words = _("yesterday")
    elif 1 < days <= MOST_DAYS_AGO:
        words = ngettext("%(num)d day ago", "%(num)d days ago", days)
    else:
        return _day(value, today, locale)
    return Markup('<time datetime="{}">{}</time>').format(value.isoformat(), words)


def due(value: date | None) -> Markup:
    """A due day, as people say it: "3 days late", "today", "tomorrow", "in 4 days", else the day itself."""
    if value is None:
        return Markup("–")
    return _due(value, clock.today(), spoken())


@lru_cache(maxsize=4096)
def _due(value: date, today: date, locale: str) -> Markup:
    days = (value - today).days
    if days < 0:
        words = ngettext("%(num)d day late", "%(num)d days late", -days)
    elif days == 0:
        words = _("today")
    elif days == 1:
        words = _("tomorrow")
    elif days <= 14:
        words = ngettext("in %(num)d day", "in %(num)d days", days)
    else:
        return _day(value, today, locale)
    title = format_date(value, "full", locale=locale)
    tone = "late tone" if days < 0 else "due tone" if days == 0 else "soon"
    html = Markup('<time class="{}" datetime="{}" title="{}">{}</time>')
    return html.format(tone, value.isoformat(), title, words)


@lru_cache(maxsize=4096)
def phone(value: str | None) -> str:
    """An E.164 number as it is written in its country, with the prefix."""
    if not value:
        return ""
    if value.startswith("+52") and len(value) == 13:
        area = 2 if value[3:5] in ("33", "55", "56", "81") else 3
        local = value[3:]
        return f"+52 {local[:area]} {local[area:-4]} {local[-4:]}"
    import phonenumbers  # heavy, and most numbers of most firms never need it

    try:
        return phonenumbers.format_number(phonenumbers.parse(value), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    except phonenumbers.NumberParseException:
        return value


def number(value: float | int) -> str:
    """A number with the language's separators."""
    return _number(value, spoken())


def percent(value: float | int) -> str:
    """A share, given in hundredths, to a tenth of one: "90 %", "45.9 %". No end of a line parts it."""
    return f"{number(round(value, 1))}\N{NO-BREAK SPACE}%"


@lru_cache(maxsize=8192)
def _number(value: float | int, locale: str) -> str:
    return str(format_decimal(value, locale=_REGIONS[locale]))


def init_app(app: Flask) -> None:
    """Give templates these filters."""
    for filter_ in (money, whole_money, day, iso_day, moment, ago, due, phone, number, percent, typed):
        app.jinja_env.filters[filter_.__name__] = filter_
