"""The dates of CSA importers and courier goods, told beside the ordinary ones."""

from datetime import date

import pytest

from tracker.clients.regimes import other_dates


@pytest.mark.parametrize(
    ("today", "words"),
    [
        (
            date(2026, 11, 26),
            ("releases of 1 Oct 2026 to 31 Oct 2026 by 1 Dec 2026", "releases of 18 Oct 2026 to 17 Nov 2026 by 1 Dec 2026"),
        ),
        (
            date(2026, 12, 2),  # October's is paid: what was released in November comes next
            ("releases of 1 Nov 2026 to 30 Nov 2026 by 31 Dec 2026", "releases of 18 Nov 2026 to 17 Dec 2026 by 31 Dec 2026"),
        ),
    ],
)  # fmt: skip
def test_csa_has_both_options(today: date, words: tuple[str, str]) -> None:
    (told,) = other_dates(["csa", "drawback"], today)
    assert all(part in told.en for part in words)
    assert "option a)" in told.fr and "DORS/86-1062" in told.fr


def test_courier_goods_are_accounted_for_by_the_24th() -> None:
    (told,) = other_dates(["Courier"], date(2026, 11, 20))
    assert "Releases of 1 Oct 2026 to 31 Oct 2026 are accounted for by 24 Nov 2026 and paid by 1 Dec 2026" in told.en
    assert "déclarés en détail au plus tard le 24 nov. 2026" in told.fr


def test_both_regimes_say_both_and_others_say_nothing() -> None:
    assert len(other_dates(["courier", "csa"], date(2026, 11, 20))) == 2
    assert other_dates(["drawback", "warehouse"], date(2026, 11, 20)) == []
