"""Referrals: from a person to a person, by name."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import BigId, Model, UtcDateTime


class Referral(Model):
    """Somebody whom a client thinks we could help."""

    __tablename__ = "referrals"
    __table_args__ = (Index("ix_referrals_customer_id", "customer_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    """Who refers."""
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    response_id: Mapped[int | None] = mapped_column(ForeignKey("survey_responses.id"))
    """The answer after which it was given."""
    name: Mapped[str] = mapped_column(String(120))
    reach: Mapped[str] = mapped_column(String(160), default="")
    """How to reach the person, as the client wrote it."""
    nonce: Mapped[str | None] = mapped_column(String(64), unique=True)
    referred_at: Mapped[datetime] = mapped_column(UtcDateTime)
