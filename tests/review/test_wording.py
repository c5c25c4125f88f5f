"""Why a step is the weakest, in both languages."""

import pytest
from flask import Flask

from portal.language import speaking
from portal.review import wording
from portal.review.running import Run, Weakest


@pytest.mark.once
def test_where_several_weeks_are_judged_each_sentence_stands_by_itself(app: Flask) -> None:
    found = Weakest("lowest", "sales", Run(onward=4, gone=7), weeks=4)
    for language, said in (
        ("en", "so 4 weeks up to it count. 4 of 11 who left it went onward"),
        ("es", "así que cuentan 4 semanas hasta ella. De 11 que lo dejaron"),
    ):
        with app.test_request_context(), speaking(language):
            assert said in wording.reason(found)


@pytest.mark.once
def test_one_who_went_onward_is_one_in_spanish(app: Flask) -> None:
    with app.test_request_context(), speaking("es"):
        for onward, said in ((1, "1 siguió adelante"), (2, "2 siguieron adelante")):
            assert said in wording.reason(Weakest("lowest", "sales", Run(onward=onward, gone=9)))


@pytest.mark.once
def test_against_the_usual_each_number_has_its_own_word(app: Flask) -> None:
    with app.test_request_context(), speaking("es"):
        for onward, missing, went, more in (
            (1, 2.6, "1 siguió adelante; en las 12 semanas", "que siguieran 3 más."),
            (4, 1.2, "4 siguieron adelante; en las 12 semanas", "que siguiera 1 más."),
        ):
            found = wording.reason(Weakest("usual", "sales", Run(onward=onward, gone=5), Run(60, 60, gone=40), missing))
            assert went in found
            assert found.endswith(more)


@pytest.mark.once
def test_a_step_that_lost_many_is_not_said_to_stand_well_for_want_of_another(app: Flask) -> None:
    for language, alone, level in (
        ("en", "Only one step was left by 5 customers or more", "No step stood behind another."),
        ("es", "De un solo paso salieron 5 clientes o más", "Ningún paso quedó atrás de otro."),
    ):
        with app.test_request_context(), speaking(language):
            assert alone in wording.reason(Weakest("none", run=Run(onward=1, gone=9)))
            assert wording.reason(Weakest("none", run=Run(onward=6))) == level
