"""The contact budget: what one person may hear, and when again."""

from datetime import date, timedelta

from portal.invitations.budget import Budget

ANA, BETO, TODAY = (1, 7), (1, None), date(2026, 11, 22)


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def test_there_is_room_until_it_is_spent() -> None:
    budget = Budget(2, timedelta(days=30))
    assert budget.free_on(ANA, TODAY) == TODAY
    budget.spend(ANA, days_ago(20))
    assert budget.free_on(ANA, TODAY) == TODAY
    budget.spend(ANA, days_ago(3))
    assert budget.heard(ANA, TODAY) == 2
    assert budget.free_on(ANA, TODAY) == days_ago(20) + timedelta(days=30)
    assert budget.free_on(BETO, TODAY) == TODAY


def test_a_day_counts_for_exactly_so_many_days() -> None:
    budget = Budget(1, timedelta(days=30), {ANA: [days_ago(30)]})
    assert budget.free_on(ANA, TODAY) == TODAY
    assert budget.free_on(ANA, days_ago(1)) == TODAY


def test_more_than_the_budget_has_to_run_out_first() -> None:
    budget = Budget(2, timedelta(days=10), {ANA: [days_ago(9), days_ago(5), days_ago(1)]})
    assert budget.free_on(ANA, TODAY) == days_ago(5) + timedelta(days=10)


def test_an_offer_to_nobody_in_particular_was_heard_by_all() -> None:
    budget = Budget(1, timedelta(days=30))
    budget.offer(1, None, days_ago(2))
    budget.offer(2, 9, days_ago(2))
    assert budget.free_on(ANA, TODAY) > TODAY
    assert budget.free_on(BETO, TODAY) > TODAY
    assert budget.free_on((2, 8), TODAY) == TODAY
    assert budget.free_on((2, 9), TODAY) > TODAY
