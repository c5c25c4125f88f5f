"""Books in the background: computed when somebody asks for them and when a day is over, kept up to date in between."""

from portal import clock
from portal.extensions import db
from portal.jobs import job, leaving, soon
from portal.retention import queries, running


@job("retention.close_books")
def close_books(books_id: int) -> None:
    """Compute these books; nothing, when they are done or somebody has them."""
    running.run(books_id, leaving)


def begin_day() -> None:
    """The books of a new day."""
    running.forget_old()
    books_id = running.begin_day()
    if books_id is not None:
        running.run(books_id, leaving)


def keep_up() -> None:
    """What has happened since today's books were closed enters them; where that is too much, they are closed anew."""
    if _has_news():
        from portal.retention import keeping_up

        if keeping_up.keep_up() is None:
            running.run(running.ask(clock.today()), leaving)
    db.session.rollback()


def _has_news() -> bool:
    standing, newest = queries.the_books(), queries.newest_books()
    if standing is None or newest is None or standing.as_of != clock.today() or newest.id != standing.id:
        return False  # there are none of today, or newer ones are on their way
    return bool(queries.last_event_id() > standing.last_event_id)


def resume_soon() -> None:
    """Ask for books that somebody has left half done: what a worker begins its life with."""
    ids = _left()
    for id in ids:
        soon(close_books, id)


def resume() -> None:
    """Go on with books that somebody has left half done, such as after a kill."""
    running.give_up()
    for id in _left():
        close_books.call_local(id)


def _left() -> list[int]:
    ids = list(queries.unfinished_books(clock.now()))
    db.session.rollback()
    return ids
