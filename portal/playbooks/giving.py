"""To whom a step is given on its day."""

from portal import clock
from portal.playbooks import queries
from portal.relay.legs import OF_ROLE


class Givers:
    """Gives steps to colleagues, as they are today. One query, and another when a leg has to choose."""

    def __init__(self) -> None:
        self.names: dict[int, str] = {}
        """Of all who may be given work, by id."""
        self._legs: dict[str, list[int]] = {}
        self._waiting: dict[int, int] | None = None
        for id, name, role in queries.active_users():
            self.names[id] = name
            self._legs.setdefault(OF_ROLE.get(role, ""), []).append(id)

    def give(self, given_to: str, user_id: int | None, assignee_id: int | None) -> int | None:
        """The id of who does it; None for nobody.

        A colleague who has left is stood in for by the customer's assignee. A leg gives it to the assignee if that is
        one of its runners, else to the one of them for whom least waits until today, and of several to the first; a leg
        without runners leaves it to the assignee.
        """
        assignee = assignee_id if assignee_id in self.names else None
        if given_to == "user":
            return user_id if user_id in self.names else assignee
        runners = self._legs.get(given_to, [])
        if not runners or assignee in runners:
            return assignee
        return self._least_laden(runners)

    def _least_laden(self, runners: list[int]) -> int:
        if self._waiting is None:
            known = [id for leg, ids in self._legs.items() for id in ids if leg]
            self._waiting = dict.fromkeys(known, 0) | queries.work_due(known, clock.today())
        waiting = self._waiting
        chosen = min(runners, key=lambda id: (waiting[id], id))
        waiting[chosen] += 1
        return chosen
