"""The digest: what it says and to whom, once a morning, and not at all when there is nothing to say."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import clock
from portal.backing import asking
from portal.digests import jobs, writing
from portal.digests.models import Digest
from portal.extensions import db
from portal.invitations.inviting import Asking, invite
from portal.mail import outbox
from portal.relay import handing
from portal.relay.models import HandOff
from portal.responses import answering
from portal.responses.models import Response
from portal.responses.queries import invited_for_change
from portal.settings.models import Firm
from portal.surveys import ready
from portal.surveys.models import Survey
from tests.cast import Cast
from tests.digests.mornings import MONDAY, POST, mails, write
from tests.mail.letters import words_of
from tests.recorder import QueryRecorder
from tests.touches import a_customer, a_promise, a_recovery

TODAY = MONDAY.date()
DAY = timedelta(days=1)


def promised(cast: Cast, text: str = "Send the invoice copy") -> None:
    a_promise(a_customer(cast), TODAY - 3 * DAY, text)
    db.session.commit()


def answered(cast: Cast, score: int, comment: str, at: datetime, name: str = "Notaría 32") -> None:
    """One of the support user's customers says what they think, at that instant."""
    customer = a_customer(cast, name)
    firm = db.session.scalars(select(Firm)).one()
    with clock.as_of(at):
        survey = db.session.scalars(select(Survey).order_by(Survey.id)).first()
        if survey is None:
            ready.add_all("en", cast.owner)
            db.session.flush()
            survey = db.session.get_one(Survey, 1)
        survey.state = "active"
        invitation = invite(survey, customer, f"test:{customer.id}", Asking(firm, POST.keys[0], "link"))
        db.session.flush()
        asked = invited_for_change(invitation.id)
        assert asked is not None
        answering.answer(asked, answering.Said(score, comment))
    db.session.commit()


def test_says_what_is_late_what_is_due_and_what_clients_answered(cast: Cast, queries: QueryRecorder) -> None:
    customer = a_customer(cast)
    a_promise(customer, TODAY - 3 * DAY)
    a_promise(customer, TODAY, "Call <b>Ana</b>")
    a_recovery(a_customer(cast, "Clínica Dental Obregón"), TODAY + DAY)
    answered(cast, 9, "All\n<i>well</i>", MONDAY - timedelta(hours=5))
    with queries as seen:
        assert write() == 2  # the support user's, and the owner's for the answer
    assert len(seen) <= 40
    to_owner, to_support = mails()
    assert (to_owner.recipient, to_support.recipient) == ("owner@firm.example", "support@firm.example")
    letter = words_of(to_support)
    assert letter.subject == "3 wait for you, 3 of them for a promise"
    where = [letter.text.index(word) for word in ("To be made right", "Late", "Due today", "What clients answered")]
    assert where == sorted(where)
    assert (
        "- Hotel Sierra Azul: Promise 3 days late — Send the invoice copy\n  http://localhost/customers/1"
        in letter.text
    )
    assert "- Notaría 32: Happy, 9 of 10 — “All <i>well</i>”" in letter.text
    assert "Call &lt;b&gt;Ana&lt;/b&gt;" in letter.html
    assert "<i>" not in letter.html
    assert "http://localhost/customers/1" in letter.html
    assert words_of(to_owner).subject == "1 client has answered"
    assert to_support.headers is not None
    assert to_support.headers["List-Unsubscribe"] in f"<{letter.text.split()[-1]}>"
    assert to_support.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_is_written_once_a_morning(cast: Cast) -> None:
    promised(cast)
    assert write() == 1
    assert write() == 0
    assert write(MONDAY + timedelta(hours=3)) == 0
    assert write(MONDAY + DAY) == 1
    assert len(mails()) == 2


def test_a_morning_without_anything_to_say_is_over(cast: Cast) -> None:
    assert write() == 0
    promised(cast)
    assert write(MONDAY + timedelta(hours=2)) == 0
    assert mails() == []
    assert db.session.scalar(select(func.count()).select_from(Digest)) == 4


def test_answers_are_told_since_the_last_digest_the_unhappy_ones_first(cast: Cast) -> None:
    friday = MONDAY - 3 * DAY
    promised(cast)
    answered(cast, 8, "Before", friday - timedelta(hours=3), "Before")
    assert write(friday) == 2
    answered(cast, 10, "Glad", friday + timedelta(hours=1), "Glad")
    answered(cast, 1, "Bad", friday + timedelta(hours=2), "Bad")
    assert write(MONDAY) == 2
    text = words_of(mails()[-1]).text
    told = text[text.index("What clients answered") :]
    assert "What clients answered (2, 1 of them unhappy)" in text
    assert "Before" not in told
    assert told.index("Unhappy, 1 of 10") < told.index("Happy, 10 of 10")


def test_where_all_who_answered_are_unhappy_it_says_so(cast: Cast) -> None:
    answered(cast, 1, "Bad", MONDAY - timedelta(hours=2), "Bad")
    assert write() == 2
    to_owner, to_support = (words_of(mail) for mail in mails())
    assert to_owner.subject == "1 client has answered, and is unhappy"
    assert "What clients answered (1, and is unhappy)" in to_support.text
    cast.owner.locale = "es"
    db.session.commit()
    answered(cast, 2, "Worse", MONDAY + timedelta(hours=2), "Worse")
    answered(cast, 3, "No", MONDAY + timedelta(hours=2), "No")
    write(MONDAY + DAY)
    assert words_of(mails()[-2]).subject == "2 clientes respondieron, y todos están inconformes"


def test_support_that_is_asked_before_its_day_is_not_called_due_today(cast: Cast) -> None:
    customer, another = a_customer(cast), a_customer(cast, "Notaría 32")
    with clock.as_of(MONDAY):
        asking.ask(customer, asking.Asked("Measure the hall", TODAY + 6 * DAY, "service"), cast.sales, cast.support)
        asking.ask(another, asking.Asked("Bring the samples", TODAY, "service"), cast.sales, cast.support)
    db.session.commit()
    assert write() == 1
    text = words_of(mails()[0]).text
    assert "Due today\n\n- Notaría 32: Support asked for today — Bring the samples" in text
    assert "Support asked for\n\n- Hotel Sierra Azul: Support asked for, 6 days left — Measure the hall" in text


def test_hand_offs_that_wait_or_were_dropped_are_told(cast: Cast) -> None:
    offered, dropped = a_customer(cast), a_customer(cast, "Notaría 32")
    for customer, state, on in ((offered, "offered", None), (dropped, "dropped", TODAY - DAY)):
        db.session.add(
            HandOff(
                customer_id=customer.id, from_leg="sales", from_user_id=cast.sales.id, to_leg="service", state=state,
                offered_on=TODAY - DAY, due_on=TODAY + DAY, dropped_on=on, offered_by_id=cast.sales.id,
                created_at=clock.now(),
            )
        )  # fmt: skip
    db.session.commit()
    assert write() == 3
    to_owner, to_sales, to_support = (words_of(mail) for mail in mails())
    for letter in (to_owner, to_sales):
        assert letter.subject == "1 waits for you"
        assert "Hand-offs\n\n- Notaría 32: Dropped yesterday: nobody answered" in letter.text
    assert "- Hotel Sierra Azul: To be answered by tomorrow — Saúl Sales, sales → anybody in service" in to_support.text
    assert "Notaría" not in to_support.text


def test_what_a_user_let_fall_is_told_however_much_others_have(cast: Cast) -> None:
    def fall(number: int, days: int, by: int | None, held_by: int) -> None:
        customer = a_customer(cast, f"Casa {number}")
        db.session.add(
            HandOff(
                customer_id=customer.id, from_leg="sales", from_user_id=held_by, to_leg="service", state="dropped",
                offered_on=TODAY - 9 * DAY, due_on=TODAY - 7 * DAY, dropped_on=TODAY - days * DAY, offered_by_id=by,
                created_at=clock.now(),
            )
        )  # fmt: skip

    for number in range(51):
        fall(number, 5, cast.owner.id, cast.owner.id)
    fall(98, 1, cast.sales.id, cast.sales.id)
    fall(99, 1, None, cast.sales.id)  # offered by the portal, after the first purchase
    db.session.commit()
    assert write() == 2
    to_sales = words_of(next(mail for mail in mails() if mail.recipient == cast.sales.email))
    assert to_sales.subject == "2 wait for you"
    assert "- Casa 98: Dropped yesterday" in to_sales.text
    assert "- Casa 99: Dropped yesterday" in to_sales.text


def test_whoever_offered_what_was_declined_is_told_once_and_why(cast: Cast) -> None:
    declined, again = a_customer(cast), a_customer(cast, "Notaría 32")
    for customer, by, reason in (
        (declined, cast.sales, "On <i>leave</i>"), (again, cast.sales, "Too far"), (again, None, "Too far still"),
    ):  # fmt: skip
        customer.assignee_id = cast.sales.id
        with clock.as_of(MONDAY - DAY):
            hand_off = handing.offer(customer, handing.Offer("service"), by, 2)
            db.session.flush()
            hand_off.decline(cast.support, reason)
    with clock.as_of(MONDAY - 3 * DAY):
        handing.offer(a_customer(cast, "Librería Sol"), handing.Offer("sales", cast.sales), cast.support, 2).decline(
            cast.sales, "Long ago"
        )
    db.session.add(Digest(user_id=cast.support.id, written_on=TODAY - DAY, seen_until=MONDAY - DAY))
    db.session.commit()
    assert write() == 1
    (letter,) = (words_of(mail) for mail in mails())
    assert letter.subject == "2 wait for you"
    assert "Hand-offs\n\n- Hotel Sierra Azul: Declined by Lucía Support — “On <i>leave</i>”" in letter.text
    assert "- Notaría 32: Declined by Lucía Support — “Too far still”" in letter.text
    assert "“Too far”" not in letter.text
    assert "<i>" not in letter.html
    assert write(MONDAY + DAY) == 0


def test_what_somebody_gives_to_their_own_leg_is_not_told_to_them(cast: Cast) -> None:
    customer = a_customer(cast)
    with clock.as_of(MONDAY):
        handing.offer(customer, handing.Offer("service"), cast.support, 2)
    db.session.commit()
    assert (customer.assignee_id, write()) == (cast.support.id, 0)


def test_who_wants_none_is_disabled_or_has_not_come_in_gets_none(cast: Cast) -> None:
    promised(cast)
    cast.support.switch_digest(on=False)
    db.session.commit()
    assert write() == 0
    cast.support.switch_digest(on=True)
    cast.support.disabled_at = clock.now()
    db.session.commit()
    assert write() == 0
    cast.support.disabled_at, cast.support.password_hash = None, None
    db.session.commit()
    assert write() == 0


def test_speaks_the_users_language_or_the_firms(cast: Cast, firm: Firm) -> None:
    promised(cast)
    cast.support.locale = "es"
    db.session.commit()
    write()
    letter = words_of(mails()[0])
    assert letter.subject == "1 espera, 1 por una promesa"
    assert "Promesa con 3 días de retraso" in letter.text
    assert 'lang="es"' in letter.html


@pytest.mark.parametrize(
    ("zone", "hour", "days", "instant", "due"),
    [
        ("America/Mexico_City", 7, 5, datetime(2026, 11, 23, 12, 59, tzinfo=UTC), False),
        ("America/Mexico_City", 7, 5, datetime(2026, 11, 23, 13, 0, tzinfo=UTC), True),
        ("America/Mexico_City", 7, 5, datetime(2026, 11, 23, 18, 59, tzinfo=UTC), True),
        ("America/Mexico_City", 7, 5, datetime(2026, 11, 23, 19, 0, tzinfo=UTC), False),
        ("America/Mexico_City", 7, 5, datetime(2026, 11, 21, 14, 0, tzinfo=UTC), False),
        ("America/Mexico_City", 7, 6, datetime(2026, 11, 21, 14, 0, tzinfo=UTC), True),
        ("America/Mexico_City", 7, 6, datetime(2026, 11, 22, 14, 0, tzinfo=UTC), False),
        ("America/Mexico_City", 7, 7, datetime(2026, 11, 22, 14, 0, tzinfo=UTC), True),
        ("Pacific/Kiritimati", 7, 5, datetime(2026, 11, 22, 17, 0, tzinfo=UTC), True),
        ("America/New_York", 2, 7, datetime(2026, 3, 8, 6, 59, tzinfo=UTC), False),
        ("America/New_York", 2, 7, datetime(2026, 3, 8, 7, 0, tzinfo=UTC), True),
        ("America/New_York", 1, 7, datetime(2026, 11, 1, 5, 30, tzinfo=UTC), True),
        ("America/New_York", 1, 7, datetime(2026, 11, 1, 6, 30, tzinfo=UTC), True),
        ("America/New_York", 22, 7, datetime(2026, 11, 24, 4, 30, tzinfo=UTC), True),
        ("America/New_York", 22, 7, datetime(2026, 11, 24, 5, 30, tzinfo=UTC), False),
    ],
)
@pytest.mark.once
def test_morning_is_what_the_firms_clock_shows(zone: str, hour: int, days: int, instant: datetime, due: bool) -> None:
    clock.use_zone(zone)
    firm = Firm(digest_hour=hour, digest_days=days)
    assert writing.is_due(firm, instant) is due


def test_an_hour_that_comes_twice_is_one_morning(cast: Cast, firm: Firm) -> None:
    firm.time_zone, firm.digest_hour, firm.digest_days = "America/New_York", 1, 7
    a_promise(a_customer(cast), date(2026, 10, 20))
    db.session.commit()
    assert [write(datetime(2026, 11, 1, hour, 30, tzinfo=UTC)) for hour in (5, 6)] == [1, 0]


def test_killed_between_the_row_and_the_mail_it_is_written_by_the_next(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    promised(cast)

    def killed(*args: object, **about: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(outbox, "post", killed)
        with pytest.raises(KeyboardInterrupt):
            write()
    db.session.rollback()
    assert mails() == []
    assert write() == 1
    assert len(mails()) == 1


def test_two_workers_write_one(app: Flask, cast: Cast) -> None:
    promised(cast)
    db.session.remove()
    start, found = threading.Barrier(3), []

    def work() -> None:
        with app.app_context():
            start.wait()
            found.append(write())

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(found) == 1
    assert len(mails()) == 1


def test_the_clock_has_it_sent(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    promised(cast)
    asked: list[object] = []
    monkeypatch.setattr(jobs, "soon", asked.append)
    clock.use_zone("America/Mexico_City")
    with clock.as_of(MONDAY):
        jobs.write_due()
        jobs.write_due()
        assert len(mails()) == len(asked) == 1
        assert outbox.deliver_due() == 1
    sent = mails()[0]
    assert sent.about is None
    assert sent.headers is None


def test_many_matters_are_cut_and_counted(cast: Cast) -> None:
    customer = a_customer(cast)
    for number in range(40):
        a_promise(customer, TODAY - DAY, f"Promise {number}")
    db.session.commit()
    write()
    letter = words_of(mails()[0])
    assert letter.subject == "40 wait for you, 40 of them for a promise"
    assert letter.text.count("http://localhost/customers/") == 25
    assert "15 more stand on Today." in letter.text


def test_a_command_shows_it_and_writes_nothing(app: Flask, cast: Cast) -> None:
    import json

    customer = a_customer(cast)
    a_promise(customer, clock.today())
    db.session.commit()
    run: Callable[..., object] = app.test_cli_runner().invoke
    shown = run(args=["digests", "preview", "--user", "support@firm.example", "--json"])
    made = json.loads(shown.output)  # type: ignore[attr-defined]
    assert made["subject"] == "1 waits for you, 1 of them for a promise"
    assert made["says"]["sections"][0]["lines"][0]["customer"] == "Hotel Sierra Azul"
    assert (made["says"]["rest"], made["says"]["rest_shown"]) == (0, "")
    silent = run(args=["digests", "preview", "--user", "sales@firm.example"])
    assert silent.output == "There is nothing to say.\n"  # type: ignore[attr-defined]
    unknown = run(args=["digests", "preview", "--user", "nobody@firm.example"])
    assert unknown.exit_code == 1  # type: ignore[attr-defined]
    assert mails() == []
    assert db.session.scalars(select(Response)).all() == []


def test_one_that_waited_for_the_mail_server_is_not_sent_to_whoever_wants_none(cast: Cast) -> None:
    promised(cast)
    assert write() == 1
    cast.support.switch_digest(on=False)
    db.session.commit()
    with clock.as_of(MONDAY + timedelta(minutes=1)):
        assert outbox.deliver_due() == 1
    [mail] = mails()
    assert (mail.is_unwanted, mail.sent_at, mail.about) == (True, None, None)


def test_one_that_waited_is_sent_to_whoever_wants_it(cast: Cast) -> None:
    promised(cast)
    assert write() == 1
    with clock.as_of(MONDAY + timedelta(minutes=1)):
        assert outbox.deliver_due() == 1
    assert mails()[0].sent_at
