"""The usual names of recency and frequency, seen together: of which quintiles, and what to do. No NumPy."""

from dataclasses import dataclass

from portal.rules import N_


@dataclass(frozen=True)
class Segment:
    """A name for some of the 25 cells; `cells` are (recency, frequency), 1 to 5, 5 the best."""

    name: str
    word: str
    advice: str
    tone: str
    cells: tuple[tuple[int, int], ...]


SEGMENTS = (
    Segment("champions", N_("Champions"), N_("Buy often, and have just bought: thank them, ask them for a referral."),
            "good", ((5, 4), (5, 5))),
    Segment("loyal", N_("Loyal"), N_("Buy often: keep the promises, tell them first."),
            "good", ((3, 4), (3, 5), (4, 4), (4, 5))),
    Segment("potential", N_("Potential loyalists"), N_("Bought lately, more than once: the next one makes the habit."),
            "calm", ((4, 2), (4, 3), (5, 2), (5, 3))),
    Segment("new", N_("New customers"), N_("Have just come: a good start decides whether they come again."),
            "calm", ((5, 1),)),
    Segment("promising", N_("Promising"), N_("Came not long ago: help them use what they bought."),
            "calm", ((4, 1),)),
    Segment("attention", N_("Needing attention"), N_("In the middle of everything: ask how it goes."),
            "due", ((3, 3),)),
    Segment("about_to_sleep", N_("About to sleep"), N_("Rare, and a while ago: give them a reason to come."),
            "due", ((3, 1), (3, 2))),
    Segment("at_risk", N_("At risk"), N_("Used to buy often, and have been away: call."),
            "late", ((1, 3), (1, 4), (2, 3), (2, 4))),
    Segment("cant_lose", N_("Can't lose"), N_("Among the most frequent, and long away: call today, and listen."),
            "late", ((1, 5), (2, 5))),
    Segment("hibernating", N_("Hibernating"), N_("Rare, and long away: a letter, no chase."),
            "plain", ((2, 1), (2, 2))),
    Segment("long_gone", N_("Long gone"), N_("Rare, and away the longest: leave the door open."),
            "plain", ((1, 1), (1, 2))),
)  # fmt: skip
BY_NAME = {each.name: each for each in SEGMENTS}
OF_CELL = {cell: each for each in SEGMENTS for cell in each.cells}
