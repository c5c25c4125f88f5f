"""The shape of what the firm says of its own money."""

from typing import Any

from flask import g
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field
from wtforms.validators import NumberRange, Optional, ValidationError

from portal import money
from portal.choices import WholeField
from portal.fields import TextField, VersionField
from portal.imports import words
from portal.retention.models import Economics

MONEY = ("winning", "keeping")
PERCENT = ("margin_percent", "new_offer_percent", "loyal_offer_percent")


def _percent(label: Any) -> WholeField:
    range_ = NumberRange(min=0, max=99, message=_l("A whole number from 0 to 99."))
    return WholeField(label, [Optional(), range_])


class EconomicsForm(FlaskForm):
    """What a year of winning and keeping customers costs, and what is offered to whom. Empty for what is not known."""

    winning = TextField(_l("Spent in a year on winning customers"), longest=40)
    keeping = TextField(_l("Spent in a year on keeping customers"), longest=40)
    margin_percent = _percent(_l("Margin, in per cent"))
    new_offer_percent = _percent(_l("Discount offered to new customers, in per cent"))
    loyal_offer_percent = _percent(_l("Discount that loyal clients get, in per cent"))
    version = VersionField()

    def validate_winning(self, field: Field) -> None:
        """An exact amount in the firm's currency, not below zero; or nothing."""
        _minor(field)

    def validate_keeping(self, field: Field) -> None:
        """The same."""
        _minor(field)

    def facts(self) -> dict[str, int | None]:
        """What the row holds."""
        found: dict[str, int | None] = {f"{name}_minor": _minor(self[name]) for name in MONEY}
        return found | {name: self[name].data for name in PERCENT}


def _minor(field: Field) -> int | None:
    if not field.data:
        return None
    try:
        minor = money.parse(field.data, g.firm.currency)
    except money.NotMoney as refused:
        raise ValidationError(words.fault(refused.code, refused.params)) from None
    if minor < 0:
        raise ValidationError(_("An amount is not below zero."))
    return minor


def filled(said: Economics | None, currency: str) -> EconomicsForm:
    """The form as it stands written down."""
    values: dict[str, Any] = {name: getattr(said, name, None) for name in PERCENT}
    for name in MONEY:
        minor = getattr(said, f"{name}_minor", None)
        values[name] = "" if minor is None else money.plain(minor, currency)
    return EconomicsForm(formdata=None, version=said.version if said else 0, **values)
