"""Counts the statements that reach the database."""

from typing import Any, Self

from sqlalchemy import Engine, event


class QueryRecorder:
    """A list of statements, filled while it is used as a context manager."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.statements: list[str] = []
        self.recording = False
        event.listen(engine, "before_cursor_execute", self._note)

    def _note(self, connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if self.recording:
            self.statements.append(statement)

    def __enter__(self) -> Self:
        self.statements.clear()
        self.recording = True
        return self

    def __exit__(self, *exc: object) -> None:
        self.recording = False

    def __len__(self) -> int:
        return len(self.statements)

    def stop(self) -> None:
        """Listen no longer."""
        event.remove(self.engine, "before_cursor_execute", self._note)
