"""Ready-made playbooks, in both languages: added in one click; the first is there from a firm's first day on."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from portal.playbooks.models import Playbook
from portal.playbooks.writing import Step, Written, write
from portal.surveys import ready as ready_surveys
from portal.surveys.queries import survey_by_folded
from portal.surveys.writing import folded

if TYPE_CHECKING:
    from portal.users.models import User


@dataclass(frozen=True)
class Ready:
    """One of them: its names by language, and its steps with their texts by language. A step that is a survey names the
    ready-made one that it asks by its key.
    """

    key: str
    trigger: str
    names: dict[str, str]
    steps: tuple[tuple[Step, dict[str, str]], ...]
    calendar: str = "days"

    def as_written(self, locale: str, by: "User | None" = None, *, adding: bool = False) -> Written:
        """What a form would have held, in that language. `adding` adds a survey that is missing."""
        steps = (self._written(step, texts, locale, by, adding) for step, texts in self.steps)
        return Written(self.names[locale], self.trigger, self.calendar, tuple(steps))

    def _written(self, step: Step, texts: dict[str, str], locale: str, by: "User | None", adding: bool) -> Step:
        if step.kind == "survey":
            return replace(step, survey_id=_survey_of(texts["survey"], locale, by, adding))
        return replace(step, text=texts[locale])


def _survey_of(key: str, locale: str, by: "User | None", adding: bool) -> int | None:
    """The id of that ready-made survey, by any of its names. One that is added waits until somebody starts it."""
    for name in ready_surveys.BY_KEY[key].names.values():
        survey = survey_by_folded(folded(name))
        if survey is not None:
            return survey.id
    if not adding:
        return None
    survey = ready_surveys.add(key, locale, by)
    survey.state = "paused"
    return survey.id


READY = (
    Ready(
        key="first_sale",
        trigger="first_purchase",
        names={"es": "Después de la primera compra", "en": "After the first purchase"},
        steps=(
            (
                Step("follow_up", 3, purpose="reassurance"),
                {
                    "es": "Reafirmar la decisión: ¿llegó todo bien y era lo que esperaban?",
                    "en": "Reassure: did all arrive well, and is it what they hoped for?",
                },
            ),
            (
                Step("commitment", 10, given_to="service"),
                {
                    "es": "Revisar juntos el primer uso y resolver lo que falte",
                    "en": "Check the first use together and settle what is missing",
                },
            ),
            (Step("survey", 21), {"survey": "csat"}),
            (
                Step("follow_up", 365, purpose="care"),
                {
                    "es": "Primer aniversario: agradecer y preguntar qué viene",
                    "en": "First anniversary: say thank you, and ask what comes next",
                },
            ),
        ),
    ),
    Ready(
        key="client_made",
        trigger="repeat_purchase",
        names={"es": "Cuando vuelven a comprar", "en": "When they buy again"},
        steps=(
            (
                Step("follow_up", 1, channel="whatsapp"),
                {"es": "Agradecer que hayan vuelto", "en": "Thank them for coming back"},
            ),
            (Step("survey", 14), {"survey": "nps"}),
        ),
    ),
    Ready(
        key="unhappy",
        trigger="unhappy",
        calendar="working",
        names={"es": "Después de una respuesta inconforme", "en": "After an unhappy answer"},
        steps=(
            (
                Step("follow_up", 1, purpose="issue"),
                {"es": "Escuchar qué salió mal, sin vender nada", "en": "Listen to what went wrong, and sell nothing"},
            ),
            (
                Step("follow_up", 10, purpose="care"),
                {"es": "Confirmar que lo resuelto sigue bien", "en": "Make sure that what was put right has stayed so"},
            ),
        ),
    ),
    Ready(
        key="taken_over",
        trigger="hand_off",
        calendar="working",
        names={"es": "Al recibir un cliente", "en": "When a customer is taken over"},
        steps=(
            (
                Step("follow_up", 1, purpose="meeting"),
                {
                    "es": "Presentarse y repasar lo que se les prometió",
                    "en": "Introduce yourself and go through what they were promised",
                },
            ),
        ),
    ),
)
BY_KEY = {each.key: each for each in READY}
FIRST = READY[0]
"""The default playbook: reassurance, first-use check, satisfaction survey, anniversary."""


def add(key: str, locale: str, by: "User | None") -> Playbook:
    """Write a ready-made one down. Raises `NameTaken` when there is one of its name, KeyError for a key of none."""
    return write(BY_KEY[key].as_written(locale, by, adding=True), by)
