"""Celebrations: what went well, each on the wall once."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.customers.models import Customer
from portal.extensions import BigId, Model, UtcDateTime
from portal.follow_ups import touching
from portal.language import words_in
from portal.rules import N_

if TYPE_CHECKING:
    from portal.users.models import User

KINDS = ("sale", "client", "anniversary", "streak")
"""The first purchase of a prospect; a buyer became a client; so many years; so many promises kept in a row."""
THANKS = {
    "sale": N_("Thank them for their first purchase"),
    "client": N_("Thank them for coming back"),
    "anniversary": N_("Congratulate them on the anniversary of their first purchase (years: %(number)s)"),
}


class Celebration(Model):
    """Something that went well. It is derived from what has happened, whose events the record has; `cause` names that,
    so that it is celebrated once. On the wall it stands as long as it is true.
    """

    __tablename__ = "celebrations"
    __table_args__ = (Index("ix_celebrations_happened_on_id", "happened_on", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """Whose streak it is, or who was answerable for the customer."""
    number: Mapped[int] = mapped_column(default=0)
    """Years, or promises."""
    happened_on: Mapped[date]
    cause: Mapped[str] = mapped_column(String(80), unique=True)
    follow_up_id: Mapped[int | None] = mapped_column(ForeignKey("follow_ups.id"))
    """The thanks that somebody planned for it."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    customer: Mapped["Customer | None"] = relationship(lazy="raise")

    def thank(self, customer: Customer, by: "User", locale: str) -> None:
        """Plan the thanks for today, for whoever answers for the customer. Twice is once. The customer must be locked.

        `locale` is the firm's. Raises `IsArchived`.
        """
        if self.follow_up_id is not None:
            return
        objective = words_in(locale, THANKS[self.kind], number=self.number)
        plan = touching.Plan(
            due_on=clock.today(), purpose="care", objective=objective, assignee_id=customer.assignee_id or by.id
        )
        self.follow_up_id = touching.plan(customer, plan, by).id
