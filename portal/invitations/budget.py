"""The contact budget: how much one person hears of us, and from which day on we may ask again.

Surveys, their reminders and offers all draw on it. It knows no database: what a person has heard is handed in.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

from portal.settings.models import Firm

Person = tuple[int, int | None]
"""The customer's id and the contact's; no contact when the customer itself is the person."""


@dataclass
class Budget:
    """At most so many touches of a person in so many days, and the days of those there were."""

    at_most: int
    within: timedelta
    spent: dict[Person, list[date]] = field(default_factory=dict)
    spent_on_anybody: dict[int, list[date]] = field(default_factory=dict)

    @classmethod
    def of(cls, firm: Firm) -> "Budget":
        """What the firm has decided, with nothing spent."""
        return cls(firm.ask_at_most, timedelta(days=firm.ask_within_days))

    def spend(self, person: Person, on: date) -> None:
        """The person hears something that day."""
        self.spent.setdefault(person, []).append(on)

    def offer(self, customer_id: int, contact_id: int | None, on: date) -> None:
        """Something was offered that day. Where nobody wrote down to whom, all people of the customer heard it."""
        if contact_id is None:
            self.spent_on_anybody.setdefault(customer_id, []).append(on)
        else:
            self.spend((customer_id, contact_id), on)

    def heard(self, person: Person, today: date) -> int:
        """How often the person was touched within the days that count."""
        return len(self._counting(person, today))

    def free_on(self, person: Person, today: date) -> date:
        """The first day, today or later, on which the person may hear something again."""
        days = self._counting(person, today)
        if len(days) < self.at_most:
            return today
        return days[len(days) - self.at_most] + self.within

    def _counting(self, person: Person, today: date) -> list[date]:
        days = (*self.spent.get(person, ()), *self.spent_on_anybody.get(person[0], ()))
        return sorted(day for day in days if day > today - self.within)
