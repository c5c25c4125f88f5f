"""The shape of what is typed about a purchase."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField
from wtforms.validators import DataRequired, ValidationError

from portal import money
from portal.choices import DayField, of_our_time
from portal.fields import FormIdField, TextField, VersionField
from portal.imports import words
from portal.texts import number_in

DECIMAL_MARK = "."
"""Of both our languages, as Mexico and the United States write them. It decides only what could be read both ways."""


class PurchaseForm(FlaskForm):
    """What was bought, when, and for how much."""

    purchased_on = DayField(_l("Date"), [DataRequired(), of_our_time])
    amount = TextField(_l("Amount"), longest=40, required=True)
    currency = TextField(_l("Currency"), longest=3, required=True)
    number = TextField(_l("Order or invoice number"), longest=80)
    description = TextField(_l("What was bought"), longest=200)
    version = VersionField()

    amount_minor = 0

    def validate_currency(self, field: Field) -> None:
        """A currency that there is."""
        try:
            field.data = money.currency_code(field.data)
        except money.NotMoney as refused:
            raise ValidationError(words.fault(refused.code, refused.params)) from None

    def validate_amount(self, field: Field) -> None:
        """An exact amount in that currency, not below zero."""
        try:
            currency = money.currency_code(self.currency.data or "")
        except money.NotMoney:
            return  # the currency says so itself
        try:
            self.amount_minor = money.parse(field.data, currency, DECIMAL_MARK)
        except money.NotMoney as refused:
            raise ValidationError(words.fault(refused.code, refused.params)) from None
        if self.amount_minor < 0:
            raise ValidationError(_("A purchase is not below zero. Void or correct the purchase that was refunded."))

    def facts(self) -> dict[str, Any]:
        """What the ledger's verbs take."""
        return {
            "on": self.purchased_on.data,
            "amount_minor": self.amount_minor,
            "currency": self.currency.data,
            "number": self.number.data,
            "description": self.description.data,
        }


class NewPurchaseForm(PurchaseForm):
    """A purchase, and whose it is."""

    customer = TextField(_l("Customer"), longest=160)
    customer_id = HiddenField()
    form_id = FormIdField()

    @property
    def chosen_id(self) -> int:
        """The customer that was chosen, or 0."""
        return number_in(str(self.customer_id.data or ""))


class VoidForm(FlaskForm):
    """Why a purchase shall count no longer."""

    reason = TextField(_l("Why?"), longest=200)
