"""The cast of every test."""

from dataclasses import dataclass
from typing import ClassVar

from portal.users.models import User


@dataclass
class Cast:
    """An owner and one user of each other role."""

    NAMES: ClassVar[dict[str, str]] = {
        "owner": "Olga Owner",
        "sales": "Saúl Sales",
        "marketing": "Marta Marketing",
        "support": "Lucía Support",
    }
    owner: User
    sales: User
    marketing: User
    support: User
