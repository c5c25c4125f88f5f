"""Purchases: the ledger."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.extensions import BigId, Model, UtcDateTime

if TYPE_CHECKING:
    from portal.customers.models import Customer


class Purchase(Model):
    """One sale to a customer on a day. A voided one stays in the ledger and counts nowhere."""

    __tablename__ = "purchases"
    __table_args__ = (
        Index("ix_purchases_customer_id_purchased_on", "customer_id", "purchased_on"),
        Index("ix_purchases_purchased_on_id", "purchased_on", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    purchased_on: Mapped[date]
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    number: Mapped[str] = mapped_column(String(80), default="")
    """The number of the order or invoice, as the firm writes it."""
    description: Mapped[str] = mapped_column(String(200), default="")
    import_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    """What makes an imported purchase the same one when its file comes again."""
    import_id: Mapped[int | None] = mapped_column(ForeignKey("imports.id"))
    version: Mapped[int] = mapped_column(default=1)
    form_id: Mapped[str | None] = mapped_column(String(36), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    customer: Mapped["Customer"] = relationship(lazy="raise")

    @property
    def is_voided(self) -> bool:
        """Does it count no longer?"""
        return self.voided_at is not None
