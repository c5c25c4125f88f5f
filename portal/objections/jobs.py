"""What the clock does for the library."""

from portal import clock
from portal.imports import uploads
from portal.objections import documents, queries


def tidy() -> None:
    """Delete files that no document names any more."""
    uploads.forget_orphans(documents.folder(), queries.names_stored(), clock.now().timestamp())
