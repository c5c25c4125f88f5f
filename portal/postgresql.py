"""PostgreSQL's driver as the portal uses it."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from psycopg import RawCursor
from psycopg.pq import ExecStatus


class Columns(Sequence[Any]):
    """The columns of a result, described when somebody looks at them."""

    def __init__(self, describe: Callable[[], Sequence[Any]]) -> None:
        self._describe = describe

    @cached_property
    def _described(self) -> Sequence[Any]:
        return self._describe()

    def __getitem__(self, place: Any) -> Any:
        """One of them."""
        return self._described[place]

    def __len__(self) -> int:
        """How many there are."""
        return len(self._described)


class QuickCursor(RawCursor[Any]):
    """A cursor that gives statements on as SQLAlchemy wrote them, parameters numbered as PostgreSQL numbers them: the
    usual one looks for them in the text, each time where a statement is longer than 4,096 letters. And it does not
    describe the columns of each result, which SQLAlchemy asks for every time and looks at once per statement.
    """

    @property
    def description(self) -> Any:
        """The columns, or None when nothing comes back."""
        if self.pgresult is None or self.pgresult.status != ExecStatus.TUPLES_OK:
            return super().description
        return Columns(lambda: super(QuickCursor, self).description or ())
