"""Clients, commands: program accounts. They are closed, never deleted."""

from datetime import date
from decimal import Decimal

from flask_babel import gettext as _

from tracker.clients import queries
from tracker.clients.business_number import BusinessNumberError, parse_import_account
from tracker.clients.commands.finding import key_of
from tracker.clients.enums import AccountProfile, Known
from tracker.clients.models import Client, ProgramAccount
from tracker.clients.rules import search_key
from tracker.clients.words import PROBLEMS, SECURITY_FORMS
from tracker.platform.actor import Actor
from tracker.platform.audit import record
from tracker.platform.db import db
from tracker.platform.edge import check_version
from tracker.platform.errors import Refusal
from tracker.platform.tenancy import new_id


def add_account(
    actor: Actor,
    *,
    client: Client,
    number: str,
    operating_name: str | None = None,
    profile: AccountProfile = AccountProfile.UNKNOWN,
    is_rpp_enrolled: Known = Known.UNKNOWN,
    rpp_enrolled_on: date | None = None,
    security_form: str = "agreement",
    stated_peak_amount: Decimal | None = None,
) -> ProgramAccount:
    """Add an RM program account to a client. Refusal on "number", "security_form" or "stated_peak_amount" (CAD)."""
    checked = _checked_number(client, number)
    if queries.account_by_number(checked) is not None:
        raise Refusal("number", _("This program account is already recorded."))
    account = ProgramAccount(id=new_id(), client_id=client.id, number=checked, is_closed=False)
    _apply(account, operating_name, profile, is_rpp_enrolled, rpp_enrolled_on, security_form, stated_peak_amount)
    db.session.add(account)
    client.search_key = search_key([*client.search_key.split("\n"), checked, operating_name])
    record(actor, "account:added", account)
    db.session.flush()
    return account


def edit_account(
    actor: Actor,
    *,
    account: ProgramAccount,
    version: int,
    operating_name: str | None = None,
    profile: AccountProfile = AccountProfile.UNKNOWN,
    is_rpp_enrolled: Known = Known.UNKNOWN,
    rpp_enrolled_on: date | None = None,
    security_form: str = "agreement",
    stated_peak_amount: Decimal | None = None,
    is_closed: bool = False,
) -> ProgramAccount:
    """Change, close or reopen a program account; its number stays. Stale when someone else saved first."""
    check_version(account, version)
    is_renamed = operating_name != account.operating_name
    _apply(account, operating_name, profile, is_rpp_enrolled, rpp_enrolled_on, security_form, stated_peak_amount)
    account.is_closed = is_closed
    record(actor, "account:edited", account)
    if is_renamed:
        client = db.session.get_one(Client, account.client_id)
        client.search_key = key_of(client, queries.accounts_of(client.id))
    return account


def _apply(
    account: ProgramAccount,
    operating_name: str | None,
    profile: AccountProfile,
    is_rpp_enrolled: Known,
    rpp_enrolled_on: date | None,
    security_form: str,
    stated_peak_amount: Decimal | None,
) -> None:
    if security_form not in SECURITY_FORMS:
        raise Refusal("security_form", _("Choose one of the list."))
    if stated_peak_amount is not None and stated_peak_amount < 0:
        raise Refusal("stated_peak_amount", _("This amount cannot be negative."))
    if rpp_enrolled_on is not None and is_rpp_enrolled is not Known.YES:
        raise Refusal("rpp_enrolled_on", _("A date of enrolment goes with “Yes” only."))
    account.operating_name = operating_name
    account.profile, account.security_form = profile, security_form
    account.is_rpp_enrolled, account.rpp_enrolled_on = is_rpp_enrolled, rpp_enrolled_on
    account.stated_peak_amount = stated_peak_amount


def _checked_number(client: Client, typed: str) -> str:
    try:
        number: str = parse_import_account(typed).normalized
    except BusinessNumberError as error:
        is_accepted = error.problem == "check_digit" and client.bn_override_reason
        if not is_accepted:
            raise Refusal("number", _account_problem(error)) from error
        number = str(error.normalized)
        if not (
            len(number) == 15
            and number.isascii()
            and number[9:11] == "RM"
            and number[11:].isdigit()
            and number[11:] != "0000"
        ):
            raise Refusal("number", PROBLEMS["program"]()) from error
    if client.bn9 is not None and number[:9] != client.bn9:
        raise Refusal("number", _("This number belongs to another business: the client's is %(bn)s.", bn=client.bn9))
    return str(number)


def _account_problem(error: BusinessNumberError) -> str:
    if error.problem == "check_digit":
        return _("The check digit does not fit. If the number is right, give the reason on the client's profile first.")
    return PROBLEMS[error.problem]()
