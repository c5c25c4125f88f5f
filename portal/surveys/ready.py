"""Ready-made surveys, in both languages: added in one click, and there from a firm's first day on."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from portal.surveys.models import Survey
from portal.surveys.writing import Further, Written, write

if TYPE_CHECKING:
    from portal.users.models import User

BY_THEMSELVES = ("after_purchase", "after_recovery", "every")
"""Occasions on which the portal asks without anybody's click."""


@dataclass(frozen=True)
class Ready:
    """One of them: its names by language, its texts by language, and its further questions."""

    key: str
    kind: str
    occasion: str
    names: dict[str, str]
    texts: dict[str, dict[str, str]]
    days: int = 0
    further: tuple[Further, ...] = field(default=())

    def as_written(self, locale: str) -> Written:
        """What a form would have held, named in that language."""
        return Written(
            name=self.names[locale], kind=self.kind, occasion=self.occasion, days=self.days, texts=self.texts,
            further=self.further,
        )  # fmt: skip


_THANKS = {"es": "Gracias, {name}. Leemos cada respuesta.", "en": "Thank you, {name}. We read every answer."}

READY = (
    Ready(
        key="nps",
        kind="nps",
        occasion="by_hand",
        names={"es": "Recomendación (NPS)", "en": "Recommendation (NPS)"},
        texts={
            "es": {
                "question": "{name}, ¿qué tan probable es que nos recomiendes con un amigo o familiar?",
                "low": "nada probable",
                "high": "muy probable",
                "open_unhappy": "¿Qué tendríamos que hacer mejor?",
                "open_neutral": "¿Qué nos faltó para un 10?",
                "open_happy": "¿Qué fue lo que más te gustó?",
                "thanks": _THANKS["es"],
            },
            "en": {
                "question": "{name}, how likely are you to recommend us to a friend or to family?",
                "low": "not likely at all",
                "high": "very likely",
                "open_unhappy": "What should we do better?",
                "open_neutral": "What was missing for a 10?",
                "open_happy": "What did you like most?",
                "thanks": _THANKS["en"],
            },
        },
        further=(
            Further(
                0,
                6,
                {
                    "es": "¿Fue el producto, la entrega o el trato?",
                    "en": "Was it the product, the delivery or how we treated you?",
                },
            ),
            Further(
                9,
                10,
                {"es": "¿Por qué nos elegiste la primera vez?", "en": "Why did you choose us the first time?"},
            ),
        ),
    ),
    Ready(
        key="csat",
        kind="csat",
        occasion="after_purchase",
        days=7,
        names={"es": "Después de la compra (CSAT)", "en": "After a purchase (CSAT)"},
        texts={
            "es": {
                "question": "{name}, ¿cómo te fue con tu compra?",
                "low": "muy mal",
                "high": "muy bien",
                "open_unhappy": "¿Qué salió mal?",
                "open_neutral": "¿Qué pudimos hacer mejor?",
                "open_happy": "¿Qué fue lo que más te gustó?",
                "thanks": _THANKS["es"],
            },
            "en": {
                "question": "{name}, how satisfied are you with your purchase?",
                "low": "not satisfied at all",
                "high": "very satisfied",
                "open_unhappy": "What went wrong?",
                "open_neutral": "What could we have done better?",
                "open_happy": "What did you like most?",
                "thanks": _THANKS["en"],
            },
        },
        further=(
            Further(
                1, 2, {"es": "¿Qué esperabas que no recibiste?", "en": "What did you expect that you did not get?"}
            ),
        ),
    ),
    Ready(
        key="ces",
        kind="ces",
        occasion="by_hand",
        names={"es": "Qué tan fácil fue (CES)", "en": "How easy it was (CES)"},
        texts={
            "es": {
                "question": "{name}, ¿qué tan de acuerdo estás? “Me resultó fácil resolver lo que necesitaba.”",
                "low": "nada de acuerdo",
                "high": "del todo de acuerdo",
                "open_unhappy": "¿Qué fue lo difícil?",
                "open_neutral": "¿Qué lo habría hecho más fácil?",
                "open_happy": "¿Qué lo hizo fácil?",
                "thanks": _THANKS["es"],
            },
            "en": {
                "question": "{name}, how far do you agree? “It was easy to get what I needed.”",
                "low": "do not agree at all",
                "high": "agree completely",
                "open_unhappy": "What was difficult?",
                "open_neutral": "What would have made it easier?",
                "open_happy": "What made it easy?",
                "thanks": _THANKS["en"],
            },
        },
    ),
    Ready(
        key="recovery",
        kind="csat",
        occasion="after_recovery",
        names={"es": "Después de resolver (CSAT)", "en": "After making it right (CSAT)"},
        texts={
            "es": {
                "question": "{name}, ¿cómo resolvimos lo que había salido mal?",
                "low": "muy mal",
                "high": "muy bien",
                "open_unhappy": "¿Qué quedó sin resolver?",
                "open_neutral": "¿Qué pudimos hacer mejor?",
                "open_happy": "¿Qué fue lo que más te sirvió?",
                "thanks": "Gracias, {name}. Gracias también por darnos otra oportunidad.",
            },
            "en": {
                "question": "{name}, how well did we put right what had gone wrong?",
                "low": "very badly",
                "high": "very well",
                "open_unhappy": "What is still not right?",
                "open_neutral": "What could we have done better?",
                "open_happy": "What helped most?",
                "thanks": "Thank you, {name}, and thank you for giving us another chance.",
            },
        },
    ),
)
BY_KEY = {each.key: each for each in READY}


def usual(kind: str) -> Ready:
    """The one whose words a new survey of that kind begins with."""
    return next(each for each in READY if each.kind == kind)


def add(key: str, locale: str, by: "User | None") -> Survey:
    """Write a ready-made one down. Raises `NameTaken` when there is one of its name, KeyError for a key of none."""
    return write(BY_KEY[key].as_written(locale), by)


def add_all(locale: str, by: "User | None") -> list[Survey]:
    """All of them, for a new firm. Those that would ask by themselves wait until somebody says so."""
    surveys = [add(each.key, locale, by) for each in READY]
    for survey in surveys:
        if survey.occasion in BY_THEMSELVES:
            survey.state = "paused"
    return surveys
