"""All that reacts to what has happened, on one page: each follower reads the events once, in order, soon after they
were written (see `portal.timeline.following`).
"""

from portal.advocacy import crediting
from portal.buying_centre import standing_out
from portal.celebrations import celebrating
from portal.jobs import job, leaving, soon
from portal.merging import finding
from portal.playbooks import causes, starting
from portal.relay.following import FIRST_PURCHASE
from portal.timeline import following
from portal.timeline.following import Follower

FOLLOWERS: tuple[Follower, ...] = (
    # Whoever recommended a customer is credited with the first purchase, and thanked for it.
    Follower("advocacy.credit", crediting.KINDS, crediting.follow),
    # Whoever has just bought for the first time is offered to service.
    FIRST_PURCHASE,
    # Sales, answers and hand-offs start playbooks; what is taken back stops them.
    Follower("playbooks", causes.KINDS, starting.react, starting.AT_ONCE),
    # Whoever has the name, the e-mail or the phone of another customer may be the same one.
    Follower("duplicates", finding.KINDS_OF_EVENTS, finding.follow, at_once=500),
    # Who holds a customer by one thread, who is met below their level or by nobody: owners find them on one page.
    Follower("stand_outs", standing_out.KINDS_OF_EVENTS, standing_out.follow, at_once=500),
    # A sale closed, a buyer who became a client, promises kept in a row: they stand on the wall.
    Follower("celebrations", celebrating.FOLLOWED, celebrating.follow),
)
"""A new one stands here, and its migration gives it the newest event's place, so that nothing old begins."""


@job("followers.follow")
def follow(name: str) -> None:
    """What has happened since this follower last looked."""
    for each in FOLLOWERS:
        if each.name == name:
            following.follow(each.name, each.kinds, each.handle, each.at_once, leaving=leaving)


def follow_soon() -> None:
    """Ask the worker to let every follower look, each in a job of its own, so that one in trouble keeps no other."""
    for each in FOLLOWERS:
        soon(follow, each.name)
