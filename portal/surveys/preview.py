"""What a client would see of a survey while it is being written."""

from typing import Any

from portal.responses.page import question_page
from portal.surveys.scales import SCALES
from portal.surveys.wording import SHOWN_NAME, addressed
from portal.surveys.writing import Written


def preview(said: Written, locale: str, given: int | None) -> dict[str, Any]:
    """The question in that language, as `responses/_question.html` shows it to somebody who gave that score, if any;
    then the thanks, and the further questions with the scores after which they are put.
    """
    scale, words = SCALES[said.kind], said.texts[locale]
    score = given if given is not None and given in scale.scores else None
    return {
        "page": question_page(scale, words, SHOWN_NAME, score=score, heading="h2"),
        "thanks": addressed(words["thanks"], SHOWN_NAME),
        "further": [(each.from_score, each.to_score, each.texts[locale]) for each in said.further],
        "shown": locale,
    }
