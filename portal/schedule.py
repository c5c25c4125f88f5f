"""All that runs by the clock, on one page. Times are UTC: 9:40 is the small hours in Mexico."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from huey import crontab
from sqlalchemy import delete

from portal import clock, followers
from portal.buying_centre import jobs as buying_centre
from portal.celebrations import jobs as celebrations
from portal.digests import jobs as digests
from portal.digests.models import Digest
from portal.extensions import db, huey, look_at_tables
from portal.follow_ups import rhythm
from portal.imports import jobs as imports
from portal.invitations import jobs as invitations
from portal.jobs import in_app
from portal.lists import jobs as lists
from portal.mail import sending
from portal.mail.models import UNWANTED, OutboxMessage
from portal.objections import jobs as objections
from portal.playbooks import jobs as playbooks
from portal.relay import jobs as relay
from portal.retention import jobs as retention
from portal.review import jobs as review
from portal.surveys import tallies
from portal.trials import jobs as trials
from portal.users.models import SESSION_LASTS, UserSession

KEEP_ENDED_SESSIONS = timedelta(days=90)
KEEP_SENT_MAIL = timedelta(days=90)


def at(name: str, **when: str) -> Callable[[Callable[[], Any]], Any]:
    """Run the function at these minutes and hours, as in a crontab."""

    def scheduled(function: Callable[[], Any]) -> Any:
        return huey.periodic_task(crontab(**when), name=name)(in_app(name, function))

    return scheduled


@at("mail.due", minute="*")
def deliver_mail() -> None:
    """Mail that is due, first tries and later ones."""
    sending.deliver_due()


@at("digests.write", minute="*/5")
def write_digests() -> None:
    """The morning digest of each user who wants one, at the firm's hour, once."""
    digests.write_due()


@at("imports.resume", minute="*")
def resume_imports() -> None:
    """An import that was stopped, by a kill or a new version, goes on."""
    imports.resume()


@at("followers.follow", minute="*")
def follow_events() -> None:
    """Rooms that react to what has happened, wherever it was written: see `portal.followers`."""
    followers.follow_soon()


@at("surveys.tally", minute="*/5")
def tally_surveys() -> None:
    """Answers that can no longer be corrected, and invitations that have arrived, enter the counts of results."""
    tallies.gather()


@at("invitations.due", minute="*")
def send_invitations() -> None:
    """Surveys whose day has come."""
    invitations.send_due()


@at("invitations.remind", minute="10")
def remind_the_silent() -> None:
    """The one reminder to who has not answered."""
    invitations.remind_due()


@at("invitations.ask", minute="*/15")
def ask_after_purchases() -> None:
    """Surveys that a purchase calls for."""
    invitations.ask_after_purchases()


@at("invitations.every", minute="20", hour="13")
def ask_every_so_often() -> None:
    """Surveys that are asked anew every so many days: some of the customers each day."""
    invitations.ask_every()


@at("invitations.batches", minute="*")
def go_on_with_lists() -> None:
    """A survey that is being asked of a whole list goes on, also after a kill."""
    invitations.resume_batches()


@at("lists.acts", minute="*")
def go_on_with_acts() -> None:
    """What is being done with many customers of a list goes on, also after a kill."""
    lists.resume()


@at("retention.resume", minute="*")
def resume_books() -> None:
    """Books whose computing was stopped, by a kill or a new version, are computed anew."""
    retention.resume()


@at("retention.begin_day", minute="7")
def close_books() -> None:
    """The books of a new day: soon after midnight, wherever the firm is."""
    retention.begin_day()


@at("retention.keep_up", minute="*/5")
def keep_books() -> None:
    """What has happened today enters the lists."""
    retention.keep_up()


@at("relay.board", minute="*/5")
def count_board() -> None:
    """What has happened enters the counts of the board."""
    relay.keep_board()


@at("relay.drop", minute="*/10")
def drop_hand_offs() -> None:
    """Hand-offs that nobody has answered in time."""
    relay.drop_due()


@at("celebrations.look_back", minute="25", hour="*/6")
def celebrate_years() -> None:
    """Years since the first purchase, soon after the day has begun wherever the firm is."""
    celebrations.look_back()


@at("buying_centre.look_again", minute="35", hour="*/6")
def look_at_centres() -> None:
    """Where touches have grown too old, and what stands out at a customer is another thing now."""
    buying_centre.look_again()


@at("trials.end", minute="*/10")
def end_trials() -> None:
    """Trials whose last day has gone by are counted, once."""
    trials.end_due()


@at("review.keep_up", minute="*/5")
def count_week() -> None:
    """What has passed through the relay in the running week."""
    review.keep_up()


@at("nightly.weeks", minute="25", hour="9")
def count_weeks() -> None:
    """The last weeks of the relay, in which something may have been entered late."""
    review.count_recent()


@at("playbooks.due", minute="*")
def make_due_steps() -> None:
    """Steps of playbooks whose day has come."""
    playbooks.make_due()


@at("playbooks.anniversaries", minute="*/10")
def start_anniversaries() -> None:
    """Playbooks that begin on the anniversary of a first purchase: once a day, wherever the firm is."""
    playbooks.start_anniversaries()


@at("nightly.uploads", minute="35", hour="9")
def forget_old_uploads() -> None:
    """Files that somebody brought and left, and documents that were replaced."""
    imports.tidy()
    objections.tidy()


@at("nightly.rhythm", minute="37", hour="9")
def keep_rhythm() -> None:
    """Customers whose next touch a change of the firm's rhythm has not reached, as when the worker was killed."""
    rhythm.keep_step()


@at("nightly.sessions", minute="40", hour="9")
def forget_old_sessions() -> None:
    """Sessions that ended or ran out a quarter of a year ago are of no use to anybody."""
    oldest = clock.now() - SESSION_LASTS - KEEP_ENDED_SESSIONS
    db.session.execute(delete(UserSession).where(UserSession.created_at < oldest))
    db.session.commit()


@at("nightly.mail", minute="45", hour="9")
def forget_sent_mail() -> None:
    """Of mail that went out, or was not wanted any more, a quarter of a year ago not even the address is kept."""
    old = clock.now() - KEEP_SENT_MAIL
    unwanted = (OutboxMessage.dead_at < old) & (OutboxMessage.last_error == UNWANTED)
    db.session.execute(delete(OutboxMessage).where((OutboxMessage.sent_at < old) | unwanted))
    db.session.commit()


@at("nightly.digests", minute="47", hour="9")
def forget_old_digests() -> None:
    """That somebody had a digest a quarter of a year ago is of no use to anybody."""
    db.session.execute(delete(Digest).where(Digest.written_on < clock.today() - KEEP_SENT_MAIL))
    db.session.commit()


@at("nightly.database", minute="50", hour="9")
def tidy_database() -> None:
    """The database goes on choosing the right indexes."""
    look_at_tables()
