"""How good a list has been, and which method speaks, in words."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from portal.language import speaking
from portal.retention import wording


@pytest.fixture(autouse=True)
def _english(app) -> Iterator[None]:
    with app.test_request_context(), speaking("en"):
        yield


def graded(bought: int, named: int, others_bought: int, others: int) -> dict[str, Any]:
    counts = {"named": named, "bought": bought, "others": others, "others_bought": others_bought}
    return {"on": "2026-08-23", "until": "2026-11-21", **counts}


def said(name: str, *counts: int) -> tuple[str, str]:
    found = wording.grade(name, graded(*counts))
    return str(found.word), str(found.text)


def test_words_first_then_the_numbers() -> None:
    found = wording.grade("due", graded(56, 80, 200, 1000))
    assert (found.tone, found.word) == ("good", "good")
    assert found.text == "7 in 10 bought within 90 days; of the rest, 2 in 10."
    assert found.detail.striptags() == (
        "Named on 23 Aug: 56 of 80 (95 % interval 59.2 to 78.9 %); of the rest, 200 of 1,000 (95 % interval 17.6 to"
        " 22.6 %). Difference: +50 in 100, 95 % interval +38.9 to +59.2."
    )
    with speaking("es"):
        assert wording.grade("due", graded(56, 80, 200, 1000)).text == (
            "En 90 días compraron 7 de cada 10; del resto, 2 de cada 10."
        )
        assert wording.grade("due", graded(8, 80, 200, 1000)).text == (
            "En 90 días compró 1 de cada 10; del resto, 2 de cada 10."
        )


@pytest.mark.parametrize(
    ("name", "counts", "word", "text"),
    [
        ("slipping", (3, 40, 500, 1000), "good", "8 in 100 came back within 90 days; of the rest, 50 in 100."),
        ("slipping", (0, 40, 500, 1000), "good", "None came back within 90 days; of the rest, 5 in 10."),
        ("overdue", (20, 30, 300, 1000), "poor", "7 in 10 came back within 90 days; of the rest, 3 in 10."),
        ("due", (2400, 10_000, 20_000, 100_000), "fair", "24 in 100 bought within 90 days; of the rest, 20 in 100."),
        ("due", (600, 10_000, 2_000, 100_000), "good", "6 in 100 bought within 90 days; of the rest, 2 in 100."),
        ("due", (200, 1000, 200, 1000), "poor", "20 in 100 bought within 90 days; of the rest, 20 in 100."),
        ("due", (6, 20, 200, 1000), "too early to tell", "3 in 10 bought within 90 days; of the rest, 2 in 10."),
        ("due", (20, 20, 0, 0), "too early to tell",
         "10 in 10 bought within 90 days; of the rest, nobody to compare with."),
        ("due", (0, 25, 0, 30), "too early to tell", "None bought within 90 days; of the rest, none."),
        ("unhappy", (6, 20, 200, 1000), "", "3 in 10 bought within 90 days; of the rest, 2 in 10."),
    ],
)  # fmt: skip
def test_the_word_goes_by_the_rule(name: str, counts: tuple[int, ...], word: str, text: str) -> None:
    assert said(name, *counts) == (word, text)


def test_a_list_of_regular_buyers_is_seen_beside_regular_buyers() -> None:
    peers = {"peers": 2825, "peers_bought": 1498}
    found = wording.grade("overdue", graded(744, 2184, 3433, 21386) | peers)
    assert (found.word, found.text) == (
        "good", "34 in 100 came back within 90 days; of the other regular buyers, 53 in 100."
    )  # fmt: skip
    assert "of everybody else, 3,433 of 21,386" in found.detail
    assert "Difference: −19 in 100" in found.detail


def test_shares_are_never_nothing_nor_everything_unless_they_are() -> None:
    assert wording.shares((1, 1000), (999, 1000)) == ["fewer than 1 in 100", "99 in 100"]
    assert wording.shares((0, 10), (10, 10)) == ["none", "10 in 10"]


def test_what_is_not_graded_says_why() -> None:
    assert wording.grade("due", None).text == "not graded yet"
    assert "4 of 20 needed" in wording.grade("due", {"too_little": "named", "named": 4}).text
    assert "no purchase is known" in wording.grade("due", {"too_little": "silence", "named": 0}).text
    assert "too little history" in wording.grade("due", {"too_little": "history", "named": 0}).text


NUMBERS = {"customers": 1204, "repeat_buyers": 618, "gate": 250, "rhythm_buyers": 64}
SHAPED = {**NUMBERS, "shape": 2.31, "shape_low": 1.8, "shape_high": 2.94}


@pytest.mark.parametrize(
    ("method", "why", "rhythm", "numbers", "words"),
    [
        ("bgnbd", "fits", "irregular", SHAPED, ["BG/NBD", "1,204 customers", "618 bought again"]),
        ("cadence", "few_customers", "regular", SHAPED, ["own rhythm", "needs 250", "regularity 2.3", "1.8 to 2.9"]),
        ("recency", "no_repeats", "unknown", NUMBERS, ["how recently", "bought again", "64 of them"]),
        ("recency", "ran_away", "irregular", SHAPED, ["runs beyond", "no rhythm", "pure chance is 1"]),
        ("cadence", "flat", "regular", SHAPED, ["equally well", "They keep a rhythm"]),
        ("recency", "not_found", "irregular", SHAPED, ["found no end"]),
        ("recency", "no_customers", "unknown", {}, ["Nobody has bought"]),
    ],
)
def test_the_method_says_why_with_its_numbers(
    method: str, why: str, rhythm: str, numbers: dict[str, float], words: list[str]
) -> None:
    books = SimpleNamespace(method=method, why=why, learned={"rhythm": rhythm, "numbers": numbers})
    found = wording.method(books)
    assert found.name
    assert [each for each in words if each not in f"{found.name} {found.text}"] == []
    with speaking("es"):
        assert wording.method(books).text != found.text


def test_the_hold_out_in_a_sentence() -> None:
    found = {"on": "2026-08-23", "until": "2026-11-21", "expected": 131.4, "came": 138}
    assert "it expected 131 purchases for the next 90 days; 138 came." in wording.holdout(found)
    assert "has not spoken" in wording.holdout(None)


def test_one_is_one() -> None:
    """Whoever has begun lately reads of one customer, and of one purchase."""
    books = SimpleNamespace(
        method="recency",
        why="few_customers",
        learned={"rhythm": "unknown", "numbers": NUMBERS | SHAPED | {"rhythm_buyers": 1}},
    )
    found = {"on": "2026-08-23", "until": "2026-11-21", "expected": 0.8, "came": 1}
    assert "not known yet: 1 of them has bought three times." in wording.method(books).text
    assert "it expected 1 purchase for the next 90 days; 1 came." in wording.holdout(found)
    with speaking("es"):
        assert "Aún no se sabe si llevan un ritmo: 1 de ellos ha comprado tres veces." in wording.method(books).text
        assert "esperaba 1 compra para los siguientes 90 días; hubo 1." in wording.holdout(found)
