"""What the clock does for the library."""

from portal import clock
from portal.objections import documents, queries


def tidy() -> None:
    """Delete files that no document names any more."""
    documents.forget_orphans(queries.names_stored(), clock.now().timestamp())
