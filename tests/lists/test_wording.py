"""The reason on every row, as a sentence: of a day, a number and a word."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from flask import Flask

from portal.language import speaking
from portal.lists import wording
from portal.lists.catalogue import BY_NAME

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("name", "kind", "number", "days", "said", "dicho"),
    [
        ("due", "", 32.0, 13, "Expected around 3 Dec; buys every 32 days", "Se espera hacia el 3 dic"),
        ("due", "", 32.0, -2, "Was expected around 18 Nov; buys every 32 days", "Se esperaba hacia el 18 nov"),
        ("overdue", "", 71 / 30, -71, "71 days without a purchase; usually 30", "71 días sin comprar"),
        ("second-purchase", "", 0.21, -41, "Bought once, 41 days ago; 1 in 5 come back within 90 days", "1 de cada 5"),
        ("slipping", "", 0.04, -9, "Last purchase 11 Nov; 1 in 25 such customers", "1 de cada 25"),
        ("slipping", "pause", 30.0, -71, "71 days without a purchase, longer than ever; usually 30", "más que nunca"),
        ("unhappy", "late", 3.0, -3, "To be made right by 17 Nov: 3 days late", "3 días de atraso"),
        ("unhappy", "open", 0.0, 3, "To be made right by 23 Nov", "Por resolver"),
        ("unhappy", "missing", 9.0, -9, "Unhappy on 11 Nov, and nothing was promised yet", "Inconforme"),
        ("promises", "late", 1.0, -1, "A promise 1 day late", "Una promesa con 1 día"),
        ("promises", "late", 2.0, -8, "2 promises late, the oldest by 8 days", "2 promesas"),
        ("promises", "broken", 0.0, -8, "A promise for 12 Nov was broken", "No se cumplió"),
        ("silent", "", 70.0, -70, "Nobody has spoken to them for 70 days", "desde hace 70 días"),
        ("silent", "never", 70.0, -70, "Bought 70 days ago, and nobody has spoken to them", "Compró hace 70"),
        ("thank", "client", 2.0, -3, "Became a client on 17 Nov", "cliente recurrente"),
        ("thank", "milestone", 25.0, -3, "Their 25th purchase day, on 17 Nov", "número 25"),
        ("thank", "anniversary", 1.0, -3, "1 year since the first purchase", "1 año desde"),
        ("referral", "", None, -3, "Would recommend us, said on 17 Nov", "Nos recomendaría"),
        ("nobodys", "", 4.0, -3, "4 purchase days, the last 17 Nov", "4 días de compra"),
        ("nobodys", "dropped", 0.0, -3, "A hand-off was dropped on 17 Nov", "El 17 nov se cayó"),
        ("nobodys", "prospect", 0.0, -3, "Known since 17 Nov", "Se conoce desde"),
    ],
)
def test_says_why(name: str, kind: str, number: float | None, days: int, said: str, dicho: str, app: Flask) -> None:
    row = SimpleNamespace(list=name, kind=kind, number=number, on_day=TODAY + timedelta(days=days))
    with time_machine.travel("2026-11-20T18:00:00Z", tick=False):
        assert wording.reason(row, TODAY).striptags().startswith(said)
        with speaking("es"):
            assert dicho in wording.reason(row, TODAY).striptags()


def test_every_list_has_its_words() -> None:
    assert wording.WORDS.keys() == BY_NAME.keys()


@pytest.mark.parametrize(
    ("chance", "said"),
    [(0.0, "fewer than 1 in 200"), (0.012, "1 in 83"), (0.1, "1 in 10"), (0.34, "1 in 3"), (0.5, "1 in 2"),
     (0.99, "9 in 10")],
)  # fmt: skip
def test_a_chance_is_said_as_people_say_it(chance: float, said: str, app: Flask) -> None:
    assert wording.odds(chance) == said
