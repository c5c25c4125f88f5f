"""Files taken into the ledger: what must come out, what a second time changes, and whose each row is."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from portal import clock
from portal.contacts.models import Contact
from portal.customers.models import Customer
from portal.extensions import db
from portal.follow_ups.models import FollowUp
from portal.imports import running
from portal.imports.models import Import, ImportRefusal
from portal.purchases import figures, ledger
from portal.purchases.models import Purchase
from portal.timeline.models import Event
from tests.cast import Cast
from tests.conftest import ON_POSTGRESQL
from tests.imports.running import begin, check_file, import_file, import_text
from tests.touches import a_customer

FILES = Path(__file__).parent / "files"
SHARED = Path(__file__).parents[3] / "shared" / "data"
"""A folder beside the repository, where there is one: the real purchase log of an online shop."""


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def totals() -> tuple[int, int, int, dict[str, int]]:
    """Purchases, their sum in minor units, purchase days, and customers by status."""
    purchases, amount = db.session.execute(select(func.count(), func.sum(Purchase.amount_minor))).one()
    days = db.session.scalar(select(func.sum(Customer.purchase_days)))
    statuses = db.session.execute(select(Customer.status, func.count()).group_by(Customer.status))
    return purchases, int(amount or 0), int(days or 0), {row[0]: row[1] for row in statuses}


@dataclass
class Log:
    """A shop's log and what must come out of it."""

    path: Path
    purchases: int
    amount_minor: int
    days: int
    buyers: int
    clients: int
    repeats: int
    zeros: int


OWN = Log(FILES / "shop.csv", 12, 32823, 8, 4, 1, 2, 1)
REAL = Log(SHARED / "cdnow.csv", 69659, 250031563, 67591, 12054, 11516, 255, 80)
LOGS = [OWN, REAL] if REAL.path.exists() else [OWN]


@pytest.mark.long
@pytest.mark.parametrize("log", LOGS, ids=lambda log: log.path.stem)
def test_a_shop_log_comes_out_exactly_and_once(cast: Cast, tmp_path: Path, log: Log) -> None:
    customers = log.buyers + log.clients
    first = import_file(tmp_path, log.path)
    assert first.counts() == {"purchases": log.purchases, "customers": customers, "refused": 0, "unchanged": 0}
    came_out = (log.purchases, log.amount_minor, log.days, {"buyer": log.buyers, "client": log.clients})
    assert totals() == came_out
    zeros = db.session.scalar(select(func.count()).select_from(Purchase).where(Purchase.amount_minor == 0))
    assert zeros == log.zeros
    lines = log.path.read_text().splitlines()
    assert len(lines) - len(set(lines)) == log.repeats  # rows that repeat another letter for letter, taken all the same
    assert db.session.scalars(select(Purchase.currency).distinct()).all() == ["USD"]
    again = import_file(tmp_path, log.path)
    assert again.counts() == {"purchases": 0, "customers": 0, "refused": 0, "unchanged": log.purchases}
    assert totals() == came_out
    kinds = {row[0]: row[1] for row in db.session.execute(select(Event.kind, func.count()).group_by(Event.kind))}
    assert (kinds["purchase.recorded"], kinds["customer.created"]) == (log.purchases, customers)
    assert figures.rebuild() == (customers, 0)
    if not ON_POSTGRESQL:  # which looks at its tables by itself
        assert db.session.scalar(text("SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'purchases'"))


def test_what_is_written_is_what_the_ledger_would_write(cast: Cast, tmp_path: Path) -> None:
    text = 'Pedido,Cliente,Fecha,Importe,Producto\nA-1,C-1,2025-03-04,"1,234.50",Silla\n'
    import_ = import_text(tmp_path, text, by=cast.sales)
    (imported,) = db.session.scalars(select(Purchase)).all()
    event = db.session.scalars(select(Event).where(Event.kind == "purchase.recorded")).one()
    by_hand = ledger.record(
        customer_id=imported.customer_id, on=date(2025, 3, 4), amount_minor=123450, currency="MXN", number="A-1",
        description="Silla", by=cast.sales,
    )  # fmt: skip
    other = db.session.scalars(select(Event).where(Event.subject_id == by_hand.id, Event.kind == event.kind)).one()
    for name in ("customer_id", "purchased_on", "amount_minor", "currency", "number", "description", "version"):
        assert getattr(imported, name) == getattr(by_hand, name)
    for name in ("kind", "happened_on", "user_id", "customer_id", "data"):
        assert getattr(event, name) == getattr(other, name)
    assert (imported.import_id, imported.form_id, imported.voided_at) == (import_.id, None, None)
    assert event.at.tzinfo is not None
    customer = db.session.get_one(Customer, imported.customer_id)
    assert (customer.name, customer.sort_name, customer.search_text, customer.city) == ("C-1", "c-1", "c-1", "")


def test_a_shopify_export(cast: Cast, tmp_path: Path) -> None:
    import_ = import_file(tmp_path, FILES / "shopify.csv")
    assert import_.counts() == {"purchases": 2, "customers": 1, "refused": 0, "unchanged": 0}
    assert import_.rows_done == 6
    assert import_.report["left_out"] == {"refunded": 1, "cancelled": 1, "unpaid": 1}
    assert import_.report["refunded"] == {"MXN": 20050}
    assert import_.report["merged_rows"] == 1
    customer = db.session.scalars(select(Customer)).one()
    assert (customer.name, customer.email, customer.phone) == ("Ana Robles", "ana@robles.example", "+525512345678")
    assert (customer.revenue_minor, customer.status) == (249950, "client")


def test_refused_rows_are_kept_with_their_reasons(cast: Cast, tmp_path: Path) -> None:
    import_ = import_file(tmp_path, FILES / "ventas.csv")
    assert import_.counts() == {"purchases": 3, "customers": 3, "refused": 4, "unchanged": 0}
    refusals = db.session.scalars(select(ImportRefusal).order_by(ImportRefusal.row_number)).all()
    assert [(each.row_number, each.faults[0][1]) for each in refusals] == [
        (5, "date_does_not_exist"), (6, "customer_missing"), (7, "amount_not_a_number"), (9, "amount_negative"),
    ]  # fmt: skip
    assert refusals[0].cells == ["Clínica Dental", "30/02/2025", "12,50", "hola@clinica.example", ""]
    assert import_.report["ignored"] == {"email": 1}


def test_a_check_takes_nothing_and_foretells_the_run(cast: Cast, tmp_path: Path) -> None:
    for name in ("ventas.csv", "shopify.csv", "shop.csv"):
        checked = check_file(tmp_path, FILES / name)
        assert checked.state == "checked"
        assert count(Purchase) == 0
        foretold = checked.findings
        checked.start(None)
        db.session.commit()
        assert running.run(checked.id, tmp_path)
        told = db.session.get_one(Import, checked.id).report
        assert {key: foretold[key] for key in told if key != "reassurances"} == {
            key: told[key] for key in told if key != "reassurances"
        }
        for model in (ImportRefusal, FollowUp, Event, Purchase, Customer):
            db.session.execute(model.__table__.delete())  # type: ignore[attr-defined]
        db.session.commit()


def test_customers_are_known_by_id_then_address_then_number(cast: Cast, tmp_path: Path) -> None:
    by_id, by_email, by_phone, by_contact = (a_customer(cast, name) for name in "abcd")
    for customer in (by_id, by_email, by_phone, by_contact):
        customer.email = customer.phone = None
    by_id.external_id, by_email.email, by_phone.phone = "C-1", "b@x.example", "+525511112222"
    db.session.add(Contact(customer_id=by_contact.id, name="Eva", email="eva@x.example", created_at=clock.now()))
    db.session.commit()
    text = (
        "no. de cliente,correo,teléfono,fecha,importe\n"
        "C-1,b@x.example,,2025-01-01,1\n"
        ",B@X.example,,2025-01-02,2\n"
        "C-9,b@x.example,,2025-01-03,3\n"
        ",,52 1 55 1111 2222,2025-01-04,4\n"
        ",eva@x.example,,2025-01-05,5\n"
        "C-10,new@x.example,,2025-01-06,6\n"
        ",new@x.example,,2025-01-07,7\n"
        "C-11,new@x.example,,2025-01-08,8\n"
        "C-1,,,2025-01-09,9\n"
    )
    import_ = import_text(tmp_path, text)
    assert import_.counts() == {"purchases": 9, "customers": 2, "refused": 0, "unchanged": 0}
    rows = db.session.execute(select(Purchase.amount_minor, Purchase.customer_id))
    whose = {amount // 100: customer_id for amount, customer_id in rows}
    assert (whose[1], whose[2], whose[3], whose[4], whose[5], whose[9]) == (
        by_id.id, by_email.id, by_email.id, by_phone.id, by_contact.id, by_id.id,
    )  # fmt: skip
    assert whose[6] == whose[7] != whose[8]


def test_an_address_in_a_column_of_names_is_the_customers_e_mail(cast: Cast, tmp_path: Path) -> None:
    known = a_customer(cast, "The Orchard")
    known.email = "info@orchard.example"
    db.session.commit()
    text = (
        "Customer,Date,Amount\nInfo@orchard.example,2025-01-01,1\nMary Green,2025-01-02,2\nnew@x.example,2025-01-03,3\n"
    )
    import_ = import_text(tmp_path, text)
    assert import_.counts() == {"purchases": 3, "customers": 2, "refused": 0, "unchanged": 0}
    assert db.session.scalars(select(Purchase.customer_id).where(Purchase.amount_minor == 100)).one() == known.id
    made = db.session.execute(
        select(Customer.name, Customer.email, Customer.external_id)
        .where(Customer.id != known.id)
        .order_by(Customer.sort_name)
    )
    assert [tuple(row) for row in made] == [
        ("Mary Green", None, "Mary Green"),
        ("new@x.example", "new@x.example", None),
    ]
    import_text(tmp_path, "Customer,City\ninfo@orchard.example,Puebla\nAna Robles,León\n", "customers", cast.owner)
    assert (count(Customer), db.session.get_one(Customer, known.id).city) == (4, "Puebla")


def test_recent_purchases_plan_one_reassurance_each(cast: Cast, tmp_path: Path) -> None:
    today = clock.today()
    rows = [f"A,{today - timedelta(days=days)},10" for days in (1, 5, 40)] + [f"B,{today - timedelta(days=31)},10"]
    import_ = import_text(tmp_path, "\n".join(["customer,date,amount", *rows]))
    (touch,) = db.session.scalars(select(FollowUp))
    assert touch.due_on == today + timedelta(days=2)
    assert import_.report["reassurances"] == 1


def test_a_changed_order_is_refused_with_a_word_and_a_corrected_one_left_alone(cast: Cast, tmp_path: Path) -> None:
    head = "Pedido,Cliente,Fecha,Importe\n"
    import_text(tmp_path, head + "1,A,2025-01-01,100\n2,B,2025-01-01,100\n")
    corrected = db.session.scalars(select(Purchase).where(Purchase.number == "2")).one()
    ledger.correct(
        corrected, on=corrected.purchased_on, amount_minor=9000, currency="MXN", number="2", description="",
        by=cast.sales,
    )  # fmt: skip
    db.session.commit()
    again = import_text(tmp_path, head + "1,A,2025-01-01,80\n2,B,2025-01-01,100\n3,C,2025-01-01,5\n")
    assert again.counts() == {"purchases": 1, "customers": 1, "refused": 1, "unchanged": 1}
    assert Counter(again.report["reasons"]) == {"order_differs": 1}


def test_a_customer_list(cast: Cast, tmp_path: Path) -> None:
    import_ = import_file(tmp_path, FILES / "clientes.csv", "customers", cast.owner)
    assert (import_.customers, import_.refused, import_.unchanged) == (2, 2, 0)
    hotel = db.session.scalars(select(Customer).where(Customer.external_id == "C-1")).one()
    assert (hotel.status, hotel.city, hotel.assignee_id) == ("prospect", "Monterrey", cast.sales.id)
    contacts = db.session.scalars(select(Contact).where(Contact.customer_id == hotel.id).order_by(Contact.id)).all()
    assert [(each.name, each.email, each.phone) for each in contacts] == [
        ("Ana Robles", "ana@sierraazul.example", "+528112345678"),
        ("Jorge Salas", "jorge@sierraazul.example", None),
    ]
    assert "jorge@sierraazul.example" in hotel.search_text
    again = import_file(tmp_path, FILES / "clientes.csv", "customers", cast.owner)
    assert (again.customers, again.refused, again.unchanged, again.report["updated"]) == (0, 2, 3, 0)
    assert (count(Customer), count(Contact)) == (2, 2)


def test_a_customer_list_completes_and_never_overwrites(cast: Cast, tmp_path: Path) -> None:
    customer = a_customer(cast)
    customer.city = "Saltillo"
    customer.assign(None, cast.owner)
    db.session.commit()
    text = (
        "Nombre,Correo,Ciudad,Notas,Responsable,Etiquetas,No. de cliente\n"
        f'Otro nombre,{customer.email},Monterrey,Nota,SALES@firm.example,"vip, Norte",C-5\n'
        "Nadie,nadie@x.example,,,nobody@firm.example,,\n"
    )
    import_ = import_text(tmp_path, text, "customers", cast.owner)
    assert (import_.customers, import_.refused, import_.report["updated"]) == (0, 1, 1)
    db.session.refresh(customer, ["tags"])
    assert (customer.name, customer.city, customer.notes) == ("Hotel Sierra Azul", "Saltillo", "Nota")
    assert customer.assignee_id == cast.sales.id
    assert customer.external_id == "C-5"
    assert [tag.name for tag in customer.tags] == ["Norte", "vip"]
    kinds = db.session.scalars(select(Event.kind).where(Event.customer_id == customer.id).order_by(Event.id)).all()
    assert kinds == ["customer.assigned", "customer.changed", "customer.tagged", "customer.assigned"]


def test_a_customer_list_names_assignees_by_their_names_too(cast: Cast, tmp_path: Path) -> None:
    cast.support.name, cast.owner.name, cast.marketing.name = "Lucía Peña", "Ana Robles", "Ana  Robles"
    db.session.commit()
    text = "Nombre,Responsable\nHotel Sol,LUCIA PEÑA\nHotel Luna,Ana Robles\nHotel Mar,Nadie Así\n"
    import_ = import_text(tmp_path, text, "customers", cast.owner)
    assert (import_.customers, import_.refused) == (1, 2)
    assert db.session.scalars(select(Customer.assignee_id)).all() == [cast.support.id]


def test_one_worker_at_a_time(cast: Cast, tmp_path: Path) -> None:
    import_ = begin(tmp_path, FILES / "shop.csv")
    assert not running.run(import_.id, tmp_path)  # not started
    import_.start(None)
    db.session.commit()
    token = running.claim(import_.id, "running")
    assert token is not None
    assert not running.run(import_.id, tmp_path)  # somebody has it
    running.release(import_.id, token)
    assert not running.run(import_.id, tmp_path, leaving=lambda: True)  # let go again
    assert running.run(import_.id, tmp_path)
    assert not running.run(import_.id, tmp_path)  # done
    assert count(Purchase) == 12


def test_a_lost_lease_takes_nothing_more(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "AT_ONCE", 5)
    import_ = begin(tmp_path, FILES / "shop.csv")
    import_.start(None)
    db.session.commit()
    asked: list[int] = []

    def stolen() -> bool:
        asked.append(1)
        if len(asked) == 2:
            running._change(Import.id == import_.id, claimed_by="another")
            db.session.commit()
        return False

    assert not running.run(import_.id, tmp_path, leaving=stolen)
    assert count(Purchase) == 5
    running.release(import_.id, "another")
    assert running.run(import_.id, tmp_path)
    assert count(Purchase) == 12
    assert db.session.get_one(Import, import_.id).counts()["purchases"] == 12


def test_a_cancelled_import_stops_and_keeps_what_was_taken(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "AT_ONCE", 5)
    import_ = begin(tmp_path, FILES / "shop.csv", by=cast.owner)
    import_.start(cast.owner)
    db.session.commit()

    def cancelled() -> bool:
        if count(Purchase):
            db.session.get_one(Import, import_.id).cancel(cast.owner)
        db.session.commit()
        return False

    assert not running.run(import_.id, tmp_path, leaving=cancelled)
    assert db.session.get_one(Import, import_.id).state == "cancelled"
    assert count(Purchase) == 5


def test_a_fault_of_ours_ends_it_with_a_word(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.imports.taking.sort_out", lambda sales, tally: ([*sales, *sales], []))
    import_ = begin(tmp_path, FILES / "shop.csv")
    import_.start(None)
    db.session.commit()
    assert not running.run(import_.id, tmp_path)
    failed = db.session.get_one(Import, import_.id)
    assert (failed.state, failed.failure) == ("failed", "unexpected")
    assert count(Purchase) == 0
    assert not (tmp_path / failed.stored_as).exists()


def test_a_file_that_is_gone_fails_with_a_word(cast: Cast, tmp_path: Path) -> None:
    import_ = begin(tmp_path, FILES / "shop.csv")
    import_.start(None)
    db.session.commit()
    (tmp_path / import_.stored_as).unlink()
    assert not running.run(import_.id, tmp_path)
    failed = db.session.get_one(Import, import_.id)
    assert (failed.state, failed.failure) == ("failed", "gone")
