"""What stands out at a customer, in both languages."""

from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from portal import clock
from portal.buying_centre import wording
from portal.language import speaking
from tests.buying_centre.there import DAY


@pytest.mark.once
@pytest.mark.parametrize(
    ("days", "said", "dicho"),
    [
        (0, "was last answered today.", "la última respuesta fue hoy."),
        (1, "was last answered yesterday.", "la última respuesta fue ayer."),
        (60, "was last answered 60 days ago.", "la última respuesta fue hace 60 días."),
        (61, "was last answered on ", "la última respuesta fue el "),
    ],
)
def test_when_a_sceptic_was_last_answered(app: Flask, days: int, said: str, dicho: str) -> None:
    at = clock.now() - days * DAY
    contact = SimpleNamespace(name="Ana Robles", stance="sceptic", stance_at=at - DAY)
    found: Any = SimpleNamespace(unanswered=[SimpleNamespace(contact=contact, met_at=at)])
    for language, words in (("en", said), ("es", dicho)):
        with app.test_request_context(), speaking(language):
            [(tone, sentence)] = wording.gaps_of(found, "unanswered")
        assert tone == "due"
        assert words in sentence.striptags()
