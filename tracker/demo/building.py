"""The demo firm: what a well-run firm of customs consultants looks like on an ordinary day, written by the real commands."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from functools import partial
from random import Random
from typing import Any

from tracker.accounts.models import UserAccount
from tracker.demo import accounting, assessing, cast, delegating, engaging, entering, living, opening, securing
from tracker.demo.file import File, new_file
from tracker.demo.firm import found_firm
from tracker.demo.names import business_numbers
from tracker.demo.telling import Step, founding_instant, last_instant, tell
from tracker.platform.actor import SYSTEM
from tracker.platform.clock import TORONTO, told_at
from tracker.platform.db import transaction
from tracker.readiness.keeping import refresh_all
from tracker.readiness.remembering import remember
from tracker.renewals import commands as renewals
from tracker.rulebook.calendar import ONE_DAY

NIGHT = time(23, 30)  # when the day's work is done
FULL_STORIES = 200  # beyond this many clients only registers and statements are written, and the renewals they call for


def build(count: int, seed: int, today: date) -> list[dict[str, Any]]:
    """Write the demo firm as it stands on `today`; returns its sign-ins. The same seed gives the same firm."""
    with told_at(founding_instant(today)), transaction():
        firm = found_firm()
    chance, numbers = Random(seed), business_numbers(seed)  # noqa: S311  (names and amounts, no secrets)
    parts = cast.parts(count, chance)
    files = [new_file(firm, number, part, next(numbers), today, seed) for number, part in enumerate(parts)]
    doors = entering.choose(files)
    entering.prepare(doors)
    if count <= FULL_STORIES:
        known = _tell_stories(files)
    else:
        known = _fill_registers(files, doors)
    with told_at(last_instant(today)), transaction():
        renewals.open_due(SYSTEM, today=today)
        refresh_all(today)
        entering.open_doors(doors, known)
    return firm.sign_ins


def _tell_stories(files: Sequence[File]) -> dict[str, UserAccount]:
    known: dict[str, UserAccount] = {}
    told = [step for file in files for step in _story(file, known)]
    tell([*told, *_records(files[0].today)])
    return known


def _records(today: date) -> Iterator[Step]:
    """The daily job's record of the last days of the months before: what a month-end workbook compares itself with."""
    last = today.replace(day=1) - ONE_DAY
    for day in (last.replace(day=1) - ONE_DAY, last):
        yield Step(datetime.combine(day, NIGHT, TORONTO), partial(remember, day), is_alone=True)


def _story(file: File, known: dict[str, UserAccount]) -> Iterator[Step]:
    themes = (opening, accounting, delegating, securing, engaging, assessing, living)
    steps = [step for theme in themes for step in theme.steps(file)]
    steps += entering.steps(file, known)
    left_at = min((step.at for step in steps if step.is_alone), default=None)  # an archived file stays as it is
    return (step for step in steps if left_at is None or step.at <= left_at)


def _fill_registers(files: Sequence[File], doors: Sequence[Sequence[File]]) -> dict[str, UserAccount]:
    """Registers and statements only, each client in a transaction of its own."""
    known: dict[str, UserAccount] = {}
    entered = [file for group in doors for file in group]
    for file in files:
        with transaction():
            opening.create(file)
            if file.story.key not in opening.UNREGISTERED:
                opening.add_accounts(file)
            for account in file.accounts:
                if account.months:
                    accounting.add_statements(file, account, account.months)
            if file in entered:
                entering.let_in(file, known)
    return known
