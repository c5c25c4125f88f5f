"""What the tests of the running portal share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ON_POSTGRESQL
from tests.postgres import own_server
from tests.runtime.portal_process import Portal, furnished


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    """A running portal on a database that is durable; on PostgreSQL, one whose server is its own."""
    if not ON_POSTGRESQL:
        with furnished(tmp_path / "instance") as portal:
            yield portal
        return
    with own_server() as server, furnished(tmp_path / "instance", server.url("portal")) as portal:
        portal.server = server
        yield portal
