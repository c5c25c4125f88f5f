"""What pages read is replaced at once: whole for whoever reads meanwhile, and with what others wrote meanwhile."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from portal import clock
from portal.customers.models import Customer
from portal.extensions import db
from portal.retention import judging, queries, refreshing, replacing, running, swapping
from portal.retention.models import Books, ListEntry, Standing
from portal.users.models import User
from tests.cast import Cast
from tests.retention import books, ledger

EARLIER, LATER = date(1997, 9, 30), date(1998, 3, 31)
SHAPE = text("""
    SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid IN ('standings'::regclass, 'list_entries'::regclass)
    UNION SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN ('standings', 'list_entries')
    UNION SELECT relname, '' FROM pg_class WHERE relname LIKE 'standings%' OR relname LIKE '%list_entries%'
    UNION SELECT attrelid::regclass || attname, coalesce(pg_get_expr(adbin, adrelid), '')
    FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    WHERE attrelid IN ('standings'::regclass, 'list_entries'::regclass) AND attnum > 0
""")


@pytest.fixture(autouse=True)
def shop(app: Flask, cast: Cast) -> None:
    ledger.pour(books.needed("shop"), cast.sales.id)


def _tables() -> list[int]:
    db.session.rollback()
    return [
        db.session.scalar(text(f"SELECT '{name}'::regclass::oid::bigint")) for name in ("standings", "list_entries")
    ]


def _counted() -> int:
    return db.session.scalar(select(func.count()).select_from(ListEntry)) or 0


@contextmanager
def _meanwhile(app: Flask, *acts: Callable[[], None]) -> Iterator[None]:
    """Others act again and again, each in a thread; what goes wrong there goes wrong here."""
    over = threading.Event()
    failed: list[Exception] = []

    def again(act: Callable[[], None]) -> None:
        with app.app_context():
            while not over.is_set() and not failed:
                try:
                    act()
                    db.session.commit()
                except Exception as error:
                    failed.append(error)
                db.session.remove()

    threads = [threading.Thread(target=again, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert not failed, failed


def test_readers_see_one_whole_set_and_assignments_made_meanwhile_stay(app: Flask, cast: Cast) -> None:
    whole = set()
    for day in (EARLIER, LATER):
        refreshing.refresh(day)
        whole.add(_counted())
    ids = list(db.session.scalars(select(Customer.id).order_by(Customer.id).limit(40)))
    seen, turn, people = [], iter(range(10**6)), (cast.sales.id, cast.support.id, None)
    owner_id = cast.owner.id
    db.session.rollback()

    def read() -> None:
        seen.append(_counted())

    def assign() -> None:
        n = next(turn)
        to = db.session.get(User, people[n % 3]) if people[n % 3] else None
        db.session.get_one(Customer, ids[n % len(ids)]).assign(to, by=db.session.get_one(User, owner_id))

    with _meanwhile(app, read, read, assign):
        for day in (EARLIER, LATER, EARLIER, LATER):
            refreshing.refresh(day)
    assert set(seen) == whole
    theirs = select(func.count()).select_from(ListEntry).join(Customer, Customer.id == ListEntry.customer_id)
    assert db.session.scalar(theirs.where(Customer.assignee_id.is_distinct_from(ListEntry.assignee_id))) == 0
    assert next(turn) > 10


def test_while_the_books_are_read_others_write(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    judge, done, owner_id = judging.judge, [], cast.owner.id

    def judge_while_somebody_writes(*given: Any) -> Any:
        def write() -> None:
            with app.app_context():
                db.session.get_one(User, owner_id).name = "Somebody Else"
                db.session.commit()
                done.append(1)

        thread = threading.Thread(target=write)
        thread.start()
        thread.join(timeout=10)
        db.session.execute(select(Customer.id).limit(1))
        return judge(*given)

    monkeypatch.setattr(judging, "judge", judge_while_somebody_writes)
    db.session.rollback()
    refreshing.refresh(LATER)
    assert len(done) == 2


@pytest.mark.postgresql
def test_tables_keep_their_shape_and_plans_that_stand(app: Flask) -> None:
    before, tables = set(db.session.execute(SHAPE)), _tables()
    with db.engine.connect() as reader:
        for day in (EARLIER, LATER) * 3:  # more often than a statement is asked before it is prepared
            refreshing.refresh(day)
            assert reader.execute(select(func.count()).select_from(Standing)).scalar_one() > 100
            reader.commit()
    assert set(db.session.execute(SHAPE)) == before
    assert not set(tables) & set(_tables())
    db.session.add(entry := ListEntry(list="due", customer_id=-1, urgency=0, at_stake_minor=0, due_on=clock.today()))
    db.session.flush()
    assert entry.id > 0


@pytest.mark.postgresql
def test_who_reads_is_waited_for_and_who_does_not_let_go_is_not(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(swapping, "PAUSE", 0.01)
    tables, reader = _tables(), db.engine.connect()
    assert reader.scalar(select(func.count()).select_from(ListEntry)) == 0  # and its transaction goes on
    monkeypatch.setattr(swapping, "TRIES", 2)
    assert refreshing.refresh(EARLIER).state == "done"
    assert (_tables(), _counted()) == (tables, sum(_named()))
    monkeypatch.setattr(time, "sleep", lambda _: reader.close())
    refreshing.refresh(LATER)
    assert not set(tables) & set(_tables())
    assert _counted() == sum(_named())


@pytest.mark.postgresql
def test_tables_that_somebody_leans_on_are_not_put_aside(app: Flask) -> None:
    db.session.execute(text("CREATE VIEW of_somebody AS SELECT list FROM list_entries"))
    db.session.commit()
    tables = _tables()
    try:
        refreshing.refresh(LATER)
        assert _tables() == tables
        assert db.session.scalar(text("SELECT count(*) FROM of_somebody")) == sum(_named())
    finally:
        db.session.rollback()
        db.session.execute(text("DROP VIEW of_somebody"))
        db.session.commit()


def test_who_has_been_overtaken_leaves_everything_as_it_is(app: Flask) -> None:
    first = running.ask(EARLIER)
    assert running.run(first)
    entries = _counted()
    again = running.ask(LATER)
    taken = db.session.get_one(Books, again)

    def overtake(step: str, _: int) -> None:
        if step == "writing":
            taken.finish(1.0)
            db.session.commit()

    with pytest.raises(replacing.Overtaken):
        refreshing.refresh(LATER, books_id=again, tell=overtake)
    db.session.rollback()
    assert _counted() == entries


def _named() -> list[int]:
    found = queries.the_books()
    assert found is not None
    return [each["customers"] for each in found.lists.values()]
