"""Nothing acknowledged is lost and nothing is doubled, whoever is killed while follow-ups are being logged."""

import threading
import uuid
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPException

import pytest
from sqlalchemy import create_engine, text

from tests.conftest import ON_POSTGRESQL
from tests.runtime.portal_process import Portal

WRITERS = 6


class Writers:
    """People who log follow-ups without a pause, each form sent twice, and note what was acknowledged."""

    def __init__(self, portal: Portal, count: int = WRITERS) -> None:
        self.portal = portal
        self.acknowledged: list[str] = []
        self.refused: list[str] = []
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self._write, args=(n,)) for n in range(count)]

    def _write(self, number: int) -> None:
        while not self.stopping.is_set():
            form_id = str(uuid.uuid4())
            customer = self.portal.customers[number % len(self.portal.customers)]
            twins = [threading.Thread(target=self._send, args=(customer, form_id)) for _ in range(2)]
            for twin in twins:
                twin.start()
            for twin in twins:
                twin.join()

    def _send(self, customer: int, form_id: str) -> None:
        form = {"form_id": form_id, "channel": "call", "purpose": "care", "outcome": "reached", "note": form_id}
        form |= {"next_step": "tomorrow", "follow_up": "", "commitment": "", "place": "page", "contact_id": ""}
        with suppress(OSError, HTTPException):  # no answer: nothing was acknowledged
            answer = self.portal.post(f"/customers/{customer}/follow-ups", form)
            if answer.status in (200, 303):
                self.acknowledged.append(form_id)
            else:
                self.refused.append(f"{answer.status}: {answer.body[:300]!r}")

    def work_until(self, condition: Callable[[], bool]) -> None:
        """Let them begin, and go on until it is so."""
        for thread in self.threads:
            thread.start()
        self.portal.wait_for(condition)

    def stop(self) -> None:
        """Let them finish."""
        self.stopping.set()
        for thread in self.threads:
            thread.join()


def logged(portal: Portal) -> Counter[str]:
    """How often each form stands in the table, and with it its event, counted from the database itself."""
    engine = create_engine(portal.database_url or f"sqlite:///{portal.instance / 'portal.db'}")
    with engine.connect() as connection:
        forms = Counter(connection.scalars(text("SELECT note FROM follow_ups WHERE done_on IS NOT NULL")).all())
        events = connection.scalar(text("SELECT count(*) FROM events WHERE kind = 'follow_up.logged'"))
        next_steps = connection.scalar(text("SELECT count(*) FROM follow_ups WHERE origin = 'next'"))
    engine.dispose()
    assert events == next_steps == sum(forms.values()), "a follow-up, its event and its next step are one"
    return forms


def check(portal: Portal, writers: Writers) -> None:
    """What was acknowledged is there, once."""
    found = logged(portal)
    assert set(writers.acknowledged) <= set(found), "acknowledged and lost"
    assert set(found.values()) == {1}, "logged twice"


@pytest.mark.long
def test_the_server_is_killed_while_follow_ups_are_logged(portal: Portal) -> None:
    writers = Writers(portal)
    writers.work_until(lambda: len(writers.acknowledged) > 30)
    portal.kill()
    writers.stop()
    check(portal, writers)

    before = len(writers.acknowledged)
    portal.start()
    again = Writers(portal)
    again.acknowledged = writers.acknowledged
    again.work_until(lambda: len(again.acknowledged) > before + 20)
    again.stop()
    check(portal, again)
    assert again.refused == []


def the_postmaster_is_killed(portal: Portal) -> None:
    server = portal.server
    assert server is not None
    writers = Writers(portal)
    writers.work_until(lambda: len(writers.acknowledged) > 30)
    server.kill()
    server.start()
    before = len(writers.acknowledged)
    portal.wait_for(lambda: len(writers.acknowledged) > before + 20)
    writers.stop()
    check(portal, writers)


if ON_POSTGRESQL:  # on SQLite there is no postmaster to kill

    def test_the_postmaster_is_killed_while_follow_ups_are_logged(portal: Portal) -> None:
        the_postmaster_is_killed(portal)


def test_sixteen_writers_wait_for_each_other(portal: Portal) -> None:
    writers = Writers(portal, count=8)
    writers.work_until(lambda: len(writers.acknowledged) > 80)
    writers.stop()
    assert writers.refused == []
    assert "database is locked" not in portal.log()
    assert '"level": "error"' not in portal.log()
    check(portal, writers)


def test_sigterm_while_follow_ups_are_logged(portal: Portal) -> None:
    writers = Writers(portal)
    writers.work_until(lambda: len(writers.acknowledged) > 30)
    assert portal.terminate() == 0
    writers.stop()
    assert writers.refused == []
    check(portal, writers)
