"""The lists by name: their words, where they show, and what a good one does. No NumPy: web processes read this."""

from dataclasses import dataclass

from portal.rules import N_


@dataclass(frozen=True)
class List:
    """One of the ten. Its `definition` is the function of this name in `lists.definitions`."""

    name: str
    """In tables and addresses."""
    definition: str
    title: str
    meaning: str
    """One sentence."""
    hope: str = ""
    """How its grade is read: a good list names those who `return`, or those who `stay_away`; empty for a list that
    speaks of our own care, where buying since is only told."""
    on_today: bool = False
    worth: bool = True
    """Has it a value at stake?"""


LISTS = (
    List("due", "due", N_("Due to buy again"), N_("Regular buyers near the day on which they usually come."),
         "return", on_today=True),
    List("overdue", "overdue", N_("Overdue"), N_("Regular buyers, gone for more than twice their usual gap."),
         "stay_away", on_today=True),
    List("second-purchase", "second", N_("Second purchase"),
         N_("Bought once, inside the time in which second purchases usually come."), "return"),
    List("slipping", "slipping", N_("Slipping away"), N_("Valuable, and longer away than they ever were."),
         "stay_away"),
    List("unhappy", "unhappy", N_("Unhappy, not yet made right"),
         N_("An unhappy answer whose recovery is open, late or missing.")),
    List("promises", "promises", N_("Promises late or broken"), N_("Ours, the longest late first.")),
    List("silent", "silent", N_("Silent"), N_("Bought within a year, and nobody has touched them for a while.")),
    List("thank", "thank", N_("Thank"), N_("An anniversary, a milestone, a client just made."), on_today=True),
    List("referral", "referral", N_("Ask for a referral"), N_("Promoters nobody has asked."), worth=False),
    List("nobodys", "nobodys", N_("Nobody's"), N_("Nobody is answerable, or a hand-off was dropped.")),
)  # fmt: skip
BY_NAME = {each.name: each for each in LISTS}
