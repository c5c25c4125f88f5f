"""The firm: one row with what it decides for itself."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Model, UtcDateTime

FIRM_ID = 1
LOCALES = ("es", "en")


class Firm(Model):
    """The firm that runs this portal. There is one, made by the first visit."""

    __tablename__ = "firms"

    id: Mapped[int] = mapped_column(primary_key=True, default=FIRM_ID)
    name: Mapped[str] = mapped_column(String(120))
    accent: Mapped[str] = mapped_column(String(7), default="#0b6e62")
    time_zone: Mapped[str] = mapped_column(String(64), default="America/Mexico_City")
    locale: Mapped[str] = mapped_column(String(2), default="es")
    currency: Mapped[str] = mapped_column(String(3), default="MXN")
    region: Mapped[str] = mapped_column(String(2), default="MX")
    """Two-letter country whose phone numbers may be written without their prefix."""
    touch_every_days: Mapped[int] = mapped_column(default=90)
    """The rhythm: how long after a touch the next one is due, when nothing is planned. In days."""
    reassure_after_days: Mapped[int] = mapped_column(default=3)
    """How long after a purchase the reassurance touch is due. In days."""
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
