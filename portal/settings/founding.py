"""The first visit: the firm, its first owner, its ready-made surveys and a playbook come into being together, or not at
all.
"""

from portal import clock
from portal.extensions import db
from portal.playbooks import ready as playbooks
from portal.settings.models import Firm
from portal.surveys import ready
from portal.timeline.models import record
from portal.users import passwords
from portal.users.models import User

REGIONS = {
    "MXN": "MX", "USD": "US", "EUR": "ES", "ARS": "AR", "BOB": "BO", "BRL": "BR", "CLP": "CL", "COP": "CO", "CRC": "CR",
    "DOP": "DO", "GBP": "GB", "GTQ": "GT", "HNL": "HN", "NIO": "NI", "PAB": "PA", "PEN": "PE", "PYG": "PY", "UYU": "UY",
    "CAD": "CA", "JPY": "JP",
}  # fmt: skip
"""The currencies that a firm may reckon in, and where such a firm usually is: as that country writes them, its phone
numbers are read."""


def usual(locale: str) -> dict[str, str]:
    """What the first visit proposes to somebody whose browser asks for that language."""
    zone, currency = ("America/New_York", "USD") if locale == "en" else ("America/Mexico_City", "MXN")
    return {"locale": locale, "time_zone": zone, "currency": currency}


def found(firm: dict[str, str], name: str, email: str, password: str) -> User:
    """Make the firm and its owner; raises `WeakPassword`, and IntegrityError when there is a firm already."""
    owner = User(name=name, email=email, role="owner", password_hash=passwords.hashed(password), created_at=clock.now())
    made = Firm(region=REGIONS.get(firm["currency"], "MX"), created_at=clock.now(), **firm)
    db.session.add_all([made, owner])
    db.session.flush()
    record("firm.made", by=owner, subject=made, name=made.name)
    ready.add_all(made.locale, None)
    playbooks.add(playbooks.FIRST.key, made.locale, None)
    return owner
