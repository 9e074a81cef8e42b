"""Readiness, rules: the six gates, and whether goods may be released tomorrow. Values in, values out; the day is an argument."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal

from tracker.platform.money import format_money
from tracker.rulebook.types import Text

GateState = Literal["open", "waiting", "done"]

GATES: tuple[Text, ...] = (
    Text("Registered", "Inscrit"),
    Text("Portal", "Portail"),
    Text("Delegated", "Délégation"),
    Text("Security", "Garantie"),
    Text("RPP", "MAP"),
    Text("Ready to pay", "Prêt à payer"),
)
FORMULA = Text(
    "gates done ÷ six gates; the firm's own measure, not CBSA's",
    "jalons franchis ÷ six jalons; mesure propre au cabinet, non celle de l'ASFC",
)


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """What the gates need to know of one open program account. CAD."""

    number: str
    is_importer: bool | None  # None: not known
    is_rpp_enrolled: bool | None
    required_amount: Decimal
    is_requirement_known: bool
    posted_amount: Decimal  # today
    posted_tomorrow_amount: Decimal
    security_ends_on: date | None
    is_security_on_the_way: bool
    required_tomorrow_amount: Decimal = Decimal(0)  # more than today's where a review counts from tomorrow


@dataclass(frozen=True, slots=True)
class DelegationFacts:
    """What the gates need to know of one broker's delegation. `account` None is business level."""

    partner: str
    state: str
    account: str | None
    requested_on: date | None


@dataclass(frozen=True, slots=True)
class ClientFacts:
    """What the gates need to know of one client."""

    bn9: str | None
    accounts: tuple[AccountFacts, ...]
    is_portal_linked: bool | None
    bam_count: int
    delegations: tuple[DelegationFacts, ...]
    is_payment_ready: bool | None
    waiting: dict[int, tuple[str, date]]  # gate → the oldest open task's party and since when


@dataclass(frozen=True, slots=True)
class Gate:
    """One gate: done, waiting (on whom, since) or open, and why."""

    number: int
    label: Text
    state: GateState
    reasons: tuple[Text, ...]
    waiting_on: str | None = None
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Release:
    """May goods be released on one account tomorrow? `because` is the first thing in the way."""

    account: str
    may: bool
    because: Text


@dataclass(frozen=True, slots=True)
class Readiness:
    """A client's six gates and the answer that every page helps to give."""

    gates: tuple[Gate, ...]
    releases: tuple[Release, ...]

    @property
    def may_release(self) -> bool:
        """Whether every account may release tomorrow (and there is one)."""
        return bool(self.releases) and all(release.may for release in self.releases)

    @property
    def gates_done(self) -> int:
        """How many of the six gates are done."""
        return sum(gate.state == "done" for gate in self.gates)

    @property
    def percent(self) -> int:
        """Gates done ÷ six, in percent, cut down."""
        return self.gates_done * 100 // len(self.gates)

    @property
    def code(self) -> str:
        """Six letters, one a gate: d done, w waiting, o open."""
        return "".join(gate.state[0] for gate in self.gates)


def readiness(facts: ClientFacts) -> Readiness:
    """The six gates of a client and the release answer for each of its accounts."""
    facts = _importing(facts)
    checks = (_registered, _portal, _delegated, _security, _rpp, _ready_to_pay)
    gates = tuple(_gate(number, check(facts), facts) for number, check in enumerate(checks, start=1))
    return Readiness(gates, tuple(_release(facts, account) for account in facts.accounts))


def _importing(facts: ClientFacts) -> ClientFacts:
    """Without the accounts that are for export only, where others import: nothing is ever released on those (facts A-14)."""
    kept = tuple(account for account in facts.accounts if account.is_importer is not False)
    return replace(facts, accounts=kept) if kept else facts


def _gate(number: int, missing: Sequence[Text], facts: ClientFacts) -> Gate:
    label = GATES[number - 1]
    if not missing:
        return Gate(number, label, "done", ())
    party, since = _waits(number, facts)
    return Gate(number, label, "waiting" if party else "open", tuple(missing), party, since)


def _waits(number: int, facts: ClientFacts) -> tuple[str | None, date | None]:
    if number == 3:
        asked = [d.requested_on for d in facts.delegations if d.state == "requested" and d.requested_on]
        if asked:
            return "client", min(asked)
    found = facts.waiting.get(number)
    return found if found else (None, None)


def _registered(facts: ClientFacts) -> list[Text]:
    if not facts.bn9:
        return [Text("No business number yet.", "Pas encore de numéro d'entreprise.")]
    if not facts.accounts:
        return [Text("No RM program account yet.", "Pas encore de compte de programme RM.")]
    return [_not_importer(account) for account in facts.accounts if account.is_importer is not True]


def _not_importer(account: AccountFacts) -> Text:
    short = account.number[9:]
    if account.is_importer is None:
        return Text(
            f"{short}: not known whether the profile is importer.",
            f"{short} : on ne sait pas si le profil est importateur.",
        )
    return Text(
        f"{short} is for export only; releases on it are refused.",
        f"{short} est réservé à l'exportation; tout dédouanement y est refusé.",
    )


def _portal(facts: ClientFacts) -> list[Text]:
    missing = []
    if facts.is_portal_linked is not True:
        known = facts.is_portal_linked is False
        missing.append(
            Text("The business is not linked in the portal.", "L'entreprise n'est pas liée dans le portail.")
            if known
            else Text("Not known whether the business is linked in the portal.", "On ne sait pas si l'entreprise est liée dans le portail.")
        )  # fmt: skip
    if facts.bam_count < 2:
        missing.append(_too_few_bams(facts.bam_count))
    return missing


def _too_few_bams(count: int) -> Text:
    if count == 0:
        return Text("No business account manager is known.", "Aucun gestionnaire de compte d'entreprise n'est connu.")
    return Text(
        "Only one business account manager: if that person leaves, access is lost.",
        "Un seul gestionnaire de compte d'entreprise : si cette personne part, l'accès est perdu.",
    )


def _delegated(facts: ClientFacts) -> list[Text]:
    if not facts.delegations:
        return [Text("No broker is named.", "Aucun courtier n'est désigné.")]
    bare = [account for account in facts.accounts if not _has_broker(facts, account)]
    approved_somewhere = any(d.state == "approved" for d in facts.delegations)
    if facts.accounts and not bare and approved_somewhere:
        return []
    if not facts.accounts and approved_somewhere:
        return []
    asked = [d for d in facts.delegations if d.state == "requested"]
    if asked:
        names = ", ".join(sorted({d.partner for d in asked}))
        return [
            Text(
                f"{names} asked; the request is not approved in the portal.",
                f"{names} a fait sa demande; elle n'est pas approuvée dans le portail.",
            )
        ]
    return [
        Text("No broker has an approved delegation.", "Aucun courtier n'a de délégation approuvée.")
        if not approved_somewhere
        else Text(
            f"No broker is approved for {', '.join(a.number[9:] for a in bare)}.",
            f"Aucun courtier n'est approuvé pour {', '.join(a.number[9:] for a in bare)}.",
        )
    ]


def _has_broker(facts: ClientFacts, account: AccountFacts) -> bool:
    return any(d.state == "approved" and d.account in (None, account.number) for d in facts.delegations)


def _security(facts: ClientFacts) -> list[Text]:
    if not facts.accounts:
        return [Text("No account to secure yet.", "Pas encore de compte à garantir.")]
    return [reason for account in facts.accounts if (reason := _uncovered(account))]


def _uncovered(account: AccountFacts) -> Text | None:
    short = account.number[9:]
    if not account.is_requirement_known:
        return Text(
            f"{short}: the requirement is not known; no statements, no figure from the portal.",
            f"{short} : l'exigence n'est pas connue; ni relevés, ni montant lu dans le portail.",
        )
    if account.posted_amount < account.required_amount:
        gap = account.required_amount - account.posted_amount
        return Text(
            f"{short}: security short by {format_money(gap, 'en')}.",
            f"{short} : il manque {format_money(gap, 'fr')} de garantie.",
        )
    if account.posted_tomorrow_amount < account.required_amount:
        return Text(
            f"{short}: the security ends today.",
            f"{short} : la garantie prend fin aujourd'hui.",
        )
    if account.posted_tomorrow_amount < account.required_tomorrow_amount:
        gap = account.required_tomorrow_amount - account.posted_tomorrow_amount
        return Text(
            f"{short}: from tomorrow the annual review asks for {format_money(gap, 'en')} more than is posted.",
            f"{short} : dès demain, l'examen annuel exige {format_money(gap, 'fr')} de plus que ce qui est déposé.",
        )
    return None


def _rpp(facts: ClientFacts) -> list[Text]:
    if not facts.accounts:
        return [Text("No account to enrol yet.", "Pas encore de compte à inscrire.")]
    return [_not_enrolled(account) for account in facts.accounts if account.is_rpp_enrolled is not True]


def _not_enrolled(account: AccountFacts) -> Text:
    short = account.number[9:]
    if account.is_rpp_enrolled is None:
        return Text(
            f"{short}: not known whether it is enrolled in RPP.",
            f"{short} : on ne sait pas s'il est inscrit à la MAP.",
        )
    return Text(f"{short} is not enrolled in RPP.", f"{short} n'est pas inscrit à la MAP.")


def _ready_to_pay(facts: ClientFacts) -> list[Text]:
    if facts.is_payment_ready is True:
        return []
    if facts.is_payment_ready is False:
        return [Text("No way to pay CBSA is set up.", "Aucun mode de paiement à l'ASFC n'est en place.")]
    return [
        Text("Not known how the client pays CBSA.", "On ne sait pas comment le client paie l'ASFC."),
    ]


def _release(facts: ClientFacts, account: AccountFacts) -> Release:
    """Registered, linked, delegated, covered tomorrow and enrolled: the first of these that fails is the reason."""
    if account.is_importer is not True:
        return Release(account.number, False, _not_importer(account))
    if facts.is_portal_linked is not True:
        return Release(account.number, False, _portal(facts)[0])
    if not _has_broker(facts, account):
        return Release(account.number, False, _delegated(facts)[0])
    uncovered = _uncovered(account)
    if uncovered is not None:
        return Release(account.number, False, uncovered)
    if account.is_rpp_enrolled is not True:
        return Release(account.number, False, _not_enrolled(account))
    return Release(account.number, True, Text("Everything is in place.", "Tout est en place."))
