"""One instrument over several accounts: never worse than trying everything."""

from decimal import Decimal
from itertools import product
from uuid import UUID, uuid5

from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.guarantees.rules.splitting import Need, least_total, missing_after, need_of, split

SPACE = UUID(int=7)


def needs_of(*amounts: int | str) -> list[Need]:
    return [
        Need(uuid5(SPACE, str(n)), f"123456782RM{n:04d}", Decimal(a).quantize(Decimal("0.01")))
        for n, a in enumerate(amounts, 1)
    ]


def measured(needs: list[Need], shares: dict[UUID, Decimal]) -> tuple[int, Decimal]:
    """How many accounts lack something, and how much in all: the less the better."""
    gaps = missing_after(needs, shares)
    return len(gaps), sum(gaps.values(), Decimal(0))


def brute_force(total: int, needs: list[Need]) -> tuple[int, Decimal]:
    """The best of every way to spread whole dollars."""
    ways = product(*(range(int(need.amount) + 1) for need in needs))
    return min(
        measured(needs, {need.account_id: Decimal(amount) for need, amount in zip(needs, way, strict=True)})
        for way in ways
        if sum(way) <= total
    )


@given(st.lists(st.integers(0, 3), min_size=1, max_size=6), st.integers(0, 20))
@settings(max_examples=120, deadline=None)
def test_split_is_never_worse_than_brute_force(amounts: list[int], total: int) -> None:
    needs = needs_of(*amounts)
    assert measured(needs, dict(split(Decimal(total), needs))) == brute_force(total, needs)


@given(st.lists(st.integers(0, 10**10), max_size=6), st.integers(0, 10**11))
def test_split_keeps_within_the_total_and_each_need(cents: list[int], total: int) -> None:
    needs = [Need(uuid5(SPACE, str(n)), str(n), Decimal(c) / 100) for n, c in enumerate(cents)]
    shares = split(Decimal(total) / 100, needs)
    assert sum(shares.values(), Decimal(0)) <= Decimal(total) / 100
    assert all(Decimal(0) < shares[need.account_id] <= need.amount for need in needs if need.account_id in shares)
    assert all(isinstance(share, Decimal) for share in shares.values())


def test_least_total_covers_every_account_and_a_cent_less_does_not() -> None:
    needs = needs_of("5000", "42100", "10000000")
    total = least_total(needs)
    assert total == Decimal("10047100.00")
    assert missing_after(needs, split(total, needs)) == {}
    assert list(missing_after(needs, split(total - Decimal("0.01"), needs)).values()) == [Decimal("0.01")]


def test_smallest_need_comes_first() -> None:
    needs = needs_of("42100", "5000", "7000")
    shares = split(Decimal(12_500), needs)
    assert [shares.get(need.account_id) for need in needs] == [
        Decimal("500.00"),
        Decimal("5000.00"),
        Decimal("7000.00"),
    ]


def test_surplus_elsewhere_covers_nothing_here() -> None:
    assert need_of(UUID(int=1), "x", Decimal(5000), Decimal(9000)).amount == 0
    assert least_total([need_of(UUID(int=1), "x", Decimal(5000), Decimal(9000)), *needs_of("100")]) == Decimal(100)
