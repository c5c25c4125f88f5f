"""Due days: what is said of one that can't be chosen."""

import pytest
from flask import Flask

from portal.due import DayOutOfReach
from portal.errors import say
from portal.language import speaking


@pytest.mark.once
def test_a_day_out_of_reach_is_not_asked_for_in_five_years(app: Flask) -> None:
    with app.test_request_context(), speaking("en"):
        assert say(DayOutOfReach()) == "Choose a day from today on, within five years."
    with app.test_request_context(), speaking("es"):
        assert say(DayOutOfReach()) == "Elige un día a partir de hoy y a más tardar dentro de cinco años."
