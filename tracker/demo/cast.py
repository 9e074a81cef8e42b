"""The demo firm, cast: which importer plays which story. Of 60: 31 in steady state, 12 in onboarding, 10 with trouble, 7 special."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from random import Random
from typing import Any

from tracker.clients.enums import AccountProfile
from tracker.demo import companies
from tracker.demo.companies import Company

ONBOARDING, SECURITY_ONLY = "carm_onboarding", "security_only"
DONE = 999  # days of a template: all of it


@dataclass(frozen=True, slots=True)
class Story:
    """What happened with one client. Days are days before today, amounts parts of what is required."""

    key: str
    joined: int  # when the firm took the client on
    template: str = ONBOARDING
    done_to: int = DONE  # items of the template that fall due up to its n-th day are done
    late: tuple[str, ...] = ()  # items left open although they are due
    put_off: tuple[str, ...] = ()  # items that wait for something else and were given a later day
    at_hand: int = 1  # items due in the coming days; the others are spread over the weeks after
    fresh: tuple[str, ...] = ()  # documents handed in these last days, not looked at yet
    returned: tuple[str, ...] = ()  # documents given back, waiting for a better one
    pays_in: int = 24  # months of statements on file
    level: Decimal = Decimal(1)  # of the usual charges; zero: nothing owed
    quirk: str = ""  # of the statements: growth, surge, gap
    cover: Decimal | None = Decimal("1.2")  # posted security as a part of the requirement; None: none
    bond: str = "posted"  # how far the instrument is: application, underwriting, issued, posted
    ends_in: int | None = None  # days until the bond ends; None: it runs on
    read: int | None = 20  # when the portal's figure was read last; None: never
    read_at: Decimal = Decimal(1)  # what it showed, as a part of our estimate
    assessed: str = "signed"  # "", half, answered, planned, signed, twice
    answers: Mapping[str, Any] = field(default_factory=dict)
    managers: int = 2
    seen: int = 12  # when a business account manager was last seen in the portal
    accounts: int = 1
    profile: AccountProfile = AccountProfile.IMPORTER
    is_linked: bool = True
    is_enrolled: bool = True
    is_ready_to_pay: bool = True
    delegation: str = "approved"  # "", named, asked, approved, change
    asked: int | None = None  # when the broker asked, where it still waits
    has_review: bool = False  # an engagement for this year's review is open while the review runs
    small_tasks: int = 2


STEADY = Story("steady", joined=300, template=SECURITY_ONLY)
AT_WORK = Story("onboarding", joined=30, cover=None, read=None, assessed="half", is_enrolled=False, is_ready_to_pay=False,
                small_tasks=0)  # fmt: skip
D = Decimal


def _steady(joined: int, cover: str, **more: Any) -> Story:
    return replace(STEADY, joined=joined, cover=D(cover), **more)


_STEADY_STORIES = (
    _steady(655, "1.32", template=ONBOARDING, assessed="twice", has_review=True),
    _steady(610, "1.18", assessed="twice", read=9),
    _steady(590, "1.25", assessed="twice", has_review=True, read=31, read_at=D("0.88")),
    _steady(575, "1.10", template=ONBOARDING, read=5),
    _steady(560, "1.45", assessed="twice", has_review=True, read=16),
    _steady(548, "1.22", assessed="twice", read=24),
    _steady(540, "1.60", fresh=("financial_statements",), read=12),
    _steady(525, "0.93", key="rising", read=17, read_at=D("0.84")),
    _steady(500, "1.28", assessed="twice", has_review=True, read=8, read_at=D("0.91")),
    _steady(480, "1.05", read=27),
    _steady(470, "1.35", read=14),
    _steady(455, "1.20", has_review=True, read=22, fresh=("import_forecast",)),
    _steady(440, "1.12", read=36),
    _steady(425, "1.50", template=ONBOARDING, read=11),
    _steady(410, "1.24", read=18, has_review=True, read_at=D("0.86")),
    _steady(395, "1.30", read=29),
    _steady(380, "1.08", read=6),
    _steady(360, "1.40", read=21, has_review=True),
    _steady(345, "1.16", read=13),
    _steady(330, "1.26", template=ONBOARDING, read=34),
    _steady(315, "1.55", read=17, ends_in=214),
    _steady(290, "1.20", read=26, ends_in=160),
    _steady(275, "1.33", read=10),
    _steady(260, "1.14", read=48),  # nobody has looked for more than forty days
    _steady(240, "1.22", read=19, ends_in=335),
    _steady(220, "1.38", template=ONBOARDING, read=23),
    _steady(200, "1.18", read=15),
    _steady(165, "1.27", template=ONBOARDING, read=7),
    _steady(112, "1.20", template=ONBOARDING, done_to=105, read=12),
    _steady(108, "1.44", template=ONBOARDING, done_to=104, read=20),
    _steady(104, "1.25", template=ONBOARDING, done_to=102, read=4, late=("reconcile_statement",)),
)
_AT_WORK = {
    "opened": replace(AT_WORK, key="opened", joined=1, done_to=0, assessed="", managers=0, is_linked=False, delegation="", pays_in=0),
    "registering": replace(AT_WORK, key="registering", joined=9, done_to=7, managers=1, is_linked=False, delegation="named",
                           fresh=("bn_confirmation",), pays_in=0),
    "abroad": replace(AT_WORK, key="abroad", at_hand=0, joined=16, done_to=13, put_off=("link_business", "accept_terms", "affinity_data"), is_linked=False, delegation="named", pays_in=0,
                      answers={"imported_before": "no", "bsf900_approved": "sent", "portal_linked": "started"}),
    "linking": replace(AT_WORK, key="linking", at_hand=0, joined=19, done_to=15, late=("affinity_data", "link_business"), is_linked=False, delegation="named",
                       pays_in=0, answers={"portal_linked": "started", "affinity_ready": "no"}),
    "delegating": replace(AT_WORK, key="delegating", joined=27, done_to=25, delegation="asked", asked=11, pays_in=0,
                          late=("broker_requests_access",), put_off=("approve_broker", "assign_broker_staff"), assessed="planned"),
    "asked": replace(AT_WORK, key="asked", joined=26, done_to=25, put_off=("assign_broker_staff", "delegation_proof"), delegation="asked", asked=4, pays_in=0, assessed="planned"),
    "papers_half": replace(AT_WORK, key="papers_half", joined=35, done_to=32, at_hand=2, read=8, returned=("financial_statements",),
                           late=("import_forecast",), fresh=("bond_application",), assessed="answered"),
    "at_surety": replace(AT_WORK, key="at_surety", at_hand=0, joined=44, done_to=35, level=D("0.5"), put_off=("post_agreement", "security_agreement"), read=12, cover=D("1.15"), bond="underwriting",
                         assessed="answered"),
    "issued": replace(AT_WORK, key="issued", at_hand=0, assessed="signed", joined=46, done_to=42, late=("post_agreement",), put_off=("security_agreement",), read=10, cover=D("1.25"), bond="issued",
                      fresh=("indemnity_agreement",)),
    "paying": replace(AT_WORK, key="paying", assessed="signed", joined=50, done_to=49, read=15, cover=D("1.2"), is_enrolled=True),
    "nearly": replace(AT_WORK, key="nearly", assessed="signed", joined=66, done_to=60, read=9, cover=D("1.3"), is_enrolled=True, is_ready_to_pay=True),
    "live": replace(AT_WORK, key="live", assessed="signed", joined=84, done_to=84, read=5, cover=D("1.18"), is_enrolled=True, is_ready_to_pay=True,
                    fresh=("last_statement",), small_tasks=1),
}  # fmt: skip
_IN_TROUBLE = {
    "short": _steady(470, "1.08", key="short", level=D(2), quirk="growth", read=5),
    "ending": _steady(430, "1.2", key="ending", ends_in=74, read=14),
    "ends_soon": _steady(520, "1.15", key="ends_soon", ends_in=20, read=30),
    "one_manager": _steady(350, "1.25", key="one_manager", managers=1, seen=140, read=25, answers={"bam_count": "1"}),
    "portal_higher": _steady(390, "1.05", key="portal_higher", read=6, read_at=D("1.2")),
    "gap": _steady(300, "1.3", key="gap", quirk="gap", read=16),
    "letter_of_credit": _steady(280, "0.7", key="letter_of_credit", level=D(4), read=11),
    "says_no_imports": _steady(250, "1.22", key="says_no_imports", read=19, answers={"imported_before": "no"}),
    "uncovered": replace(STEADY, key="uncovered", joined=24, cover=None, read=12, done_to=16, put_off=("post_agreement", "security_agreement"),
                         answers={"rpp_enrolled": "all"}),
    "broker_change": _steady(410, "1.2", key="broker_change", read=13, delegation="change", answers={"broker_change": "yes"}),
}  # fmt: skip
_OF_THEIR_OWN = {
    "nothing_owed": _steady(320, "0", key="nothing_owed", level=D(0), read=15),
    "export_only": replace(STEADY, key="export_only", joined=19, template=ONBOARDING, done_to=15, profile=AccountProfile.EXPORTER, cover=None,
                           read=None, pays_in=0, is_enrolled=False, is_ready_to_pay=False, assessed="half", delegation="named",
                           answers={"rm_profile": "exporter"}, small_tasks=1),
    "no_history": replace(AT_WORK, key="no_history", joined=24, done_to=22, pays_in=0, delegation="asked", asked=6, is_linked=True,
                          assessed="answered", answers={"imported_before": "no"}),
    "cash": _steady(370, "1", key="cash", read=10, answers={"security_form": ["cash_deposit"], "coverage": "exact"}),
    "three_accounts": _steady(500, "1.1", key="three_accounts", accounts=3, read=12, assessed="twice"),
    "reduction": _steady(450, "1.05", key="reduction", quirk="surge", read=35, read_at=D("1.6")),
    "left": _steady(620, "1.2", key="left", read=120, small_tasks=0),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """One importer and its story."""

    company: Company
    story: Story


def parts(count: int, chance: Random) -> list[Part]:
    """So many parts in the proportions of the sixty: every run of them holds a bit of everything."""
    played = _mixed()
    return [
        played[number]
        if number < len(played)
        else Part(companies.further(number, chance), played[number % len(played)].story)
        for number in range(count)
    ]


def _mixed() -> list[Part]:
    groups = (
        (companies.STEADY, _STEADY_STORIES),
        (companies.ONBOARDING, tuple(_AT_WORK.values())),
        (companies.TROUBLE, tuple(_IN_TROUBLE.values())),
        (companies.SPECIAL, tuple(_OF_THEIR_OWN.values())),
    )
    placed = [
        ((index + 0.5) / len(stories), group, Part(company, story))
        for group, (firms, stories) in enumerate(groups)
        for index, (company, story) in enumerate(zip(firms, stories, strict=True))
    ]
    return [part for _place, _group, part in sorted(placed, key=lambda row: row[:2])]
