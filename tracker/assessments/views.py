"""Assessments, views: lists, the questionnaire by sections, findings, the plan, the signature and the comparison."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, make_response, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from tracker.assessments import commands, queries, showing
from tracker.assessments.commands.answering import seen_now
from tracker.assessments.commands.signing import content_digest
from tracker.assessments.comparing import compared
from tracker.assessments.forms import PlanForm, SectionForm, SettleForm, SignForm, StartForm, section_form
from tracker.assessments.freezing import verify
from tracker.assessments.planning import PlanShown, broker_choices, lay_out
from tracker.assessments.rules import due_dates
from tracker.assessments.seen import read_seen
from tracker.assessments.sheet import Sheet, questions_of, read_sheet
from tracker.clients.queries import header
from tracker.permissions import Permission
from tracker.platform.access import requires
from tracker.platform.actor import actor
from tracker.platform.clock import today
from tracker.platform.edge import attempt
from tracker.platform.pages import found, page, page_number
from tracker.rulebook.types import FindingRule

bp = Blueprint("assessments", __name__)
LISTS = ("drafts", "waiting", "signed")


@bp.get("/assessments")
@requires(Permission.ASSESSMENT_READ)
def index() -> ResponseReturnValue:
    """Drafts, those that wait for this person's signature, and signed ones."""
    chosen = request.args.get("list", "drafts")
    chosen = chosen if chosen in LISTS else "drafts"
    drafts = queries.drafts()
    waiting = [row for row in drafts if row.waits_for(actor().user_id)]
    signed = queries.signed(page_number() if chosen == "signed" else 1)
    rows = signed if chosen == "signed" else queries.page_of(waiting if chosen == "waiting" else drafts, page_number())
    counts = {"drafts": len(drafts), "waiting": len(waiting), "signed": signed.total}
    return page("assessments/index.html", rows=rows, chosen=chosen, counts=counts)


@bp.get("/clients/<uuid:client_id>/assessments")
@requires(Permission.ASSESSMENT_READ)
def client(client_id: UUID) -> ResponseReturnValue:
    """One client's assessments, and the findings kept from them."""
    head = found(header(client_id))
    rows = queries.of_client(client_id)
    words = showing.rows_shown(queries.findings_of(client_id))
    has_draft = any(not row.signed_at for row in rows)
    return page(
        "assessments/client.html",
        header=head,
        name=head.legal_name,
        client_id=client_id,
        rows=rows,
        words=words,
        has_draft=has_draft,
    )


@bp.route("/clients/<uuid:client_id>/assessments/new", methods=["GET", "POST"])
@requires(get=Permission.ASSESSMENT_ANSWER, post=Permission.ASSESSMENT_ANSWER)
def new(client_id: UUID) -> ResponseReturnValue:
    """Start an assessment by today's rules."""
    name = found(queries.name_of_client(client_id))
    form = StartForm()

    def act() -> str:
        made = commands.start_assessment(actor(), client_id=client_id, on=today())
        return url_for("assessments.show", assessment_id=made.id)

    done = attempt(form, act)
    rows = [] if done else queries.of_client(client_id)
    draft = next((row for row in rows if not row.signed_at), None)
    last = next((row for row in rows if row.signed_at), None)
    return done or page("assessments/new.html", form=form, name=name, client_id=client_id, draft=draft, last=last)


@bp.route("/assessments/<uuid:assessment_id>", methods=["GET", "POST"])
@requires(get=Permission.ASSESSMENT_READ, post=Permission.ASSESSMENT_ANSWER)
def show(assessment_id: UUID) -> ResponseReturnValue:
    """A draft: one section to answer. A signed one: the record, verified again."""
    sheet = found(read_sheet(assessment_id))
    if sheet.is_signed:
        return _signed(sheet)
    section = showing.section_to_show(sheet, request.args.get("section"))
    form = _form_of(sheet, section.key if section else "")
    is_autosave = bool(request.headers.get("X-Autosave"))

    def act() -> str:
        given = form.given(request.form.get("confirm"))
        commands.save_answers(actor(), assessment_id=assessment_id, given=given, seen=form.seen)
        return url_for("assessments.show", assessment_id=assessment_id)

    done = attempt(form, act)
    if is_autosave:
        return _autosaved(form, assessment_id, is_saved=done is not None)
    if done:
        done.headers["Location"] = _next_place(assessment_id, form, section.key if section else "")
        return done
    return page(
        "assessments/show.html",
        form=form,
        sheet=sheet,
        part=section,
        sections=showing.sections_shown(sheet, section.key if section else None),
        questions=showing.questions_shown(sheet, form),
    )


def _form_of(sheet: Sheet, section_key: str) -> SectionForm:
    """The form of the section: what it asks now, or, when it was sent, what the page the person filled in had asked."""
    asked = [q for s in sheet.sections if s.key == section_key for q in s.questions]
    if request.method == "POST":
        questions = questions_of(sheet.rules)
        asked = [questions[key] for key in read_seen(request.form.get("version", "")) if key in questions] or asked
    token = seen_now(sheet.id, [question.key for question in asked])
    return section_form(asked, sheet.kept, sheet.offers, token)


def _autosaved(form: SectionForm, assessment_id: UUID, *, is_saved: bool) -> ResponseReturnValue:
    if not is_saved:
        return make_response("", 409 if form.is_stale else 422)
    answer = make_response("", 204)
    answer.headers["X-Version"] = seen_now(assessment_id, [question.key for question in form.questions])
    return answer


def _next_place(assessment_id: UUID, form: SectionForm, section_key: str) -> str:
    """The same section when an answer opened a question in it or an offer was confirmed, else the next one."""
    sheet = found(read_sheet(assessment_id))
    keys = [section.key for section in sheet.sections]
    shown = {question.key for question in form.questions}
    here = next((section for section in sheet.sections if section.key == section_key), None)
    opened = [question.key for question in here.questions if question.key not in shown] if here else []
    stays = bool(opened) or "confirm" in request.form or "stay" in request.form
    if opened:
        told = ngettext(
            "Saved. %(num)s more question opened here.", "Saved. %(num)s more questions opened here.", len(opened)
        )
        flash(told, "done")
    else:
        flash(_("Saved."), "done")
    if not stays and section_key in keys[:-1]:
        section_key = keys[keys.index(section_key) + 1]
    elif not stays:
        return url_for("assessments.findings", assessment_id=assessment_id)
    anchor = f"ask-{opened[0]}" if opened else None
    return url_for("assessments.show", assessment_id=assessment_id, section=section_key, _anchor=anchor)


def _signed(sheet: Sheet) -> ResponseReturnValue:
    assessment = found(queries.get(sheet.id))
    frozen = assessment.frozen or {}
    return page(
        "assessments/signed.html",
        status=422 if request.method == "POST" else 200,
        sheet=sheet,
        assessment=assessment,
        seal=verify(assessment),
        facts=frozen.get("facts", {}),
        answers=showing.answers_shown(sheet.rules, frozen),
        findings=_cards(sheet, showing.frozen_findings(sheet.rules, frozen)),
    )


@bp.get("/assessments/<uuid:assessment_id>/findings")
@requires(Permission.ASSESSMENT_READ)
def findings(assessment_id: UUID) -> ResponseReturnValue:
    """What the answers mean so far."""
    sheet = found(read_sheet(assessment_id))
    frozen = (found(queries.get(assessment_id)).frozen or {}) if sheet.is_signed else {}
    rules = showing.frozen_findings(sheet.rules, frozen) if sheet.is_signed else sheet.findings
    return page("assessments/findings.html", sheet=sheet, findings=_cards(sheet, rules))


def _cards(sheet: Sheet, rules: Sequence[FindingRule]) -> list[showing.FindingShown]:
    """The findings as cards with the days the answers set: as of today, and of its own day once it is signed."""
    on = sheet.rules_on if sheet.is_signed else today()
    return showing.findings_shown(rules, due_dates(sheet.rules, rules, sheet.answers, on))


@bp.route("/assessments/<uuid:assessment_id>/plan", methods=["GET", "POST"])
@requires(get=Permission.ASSESSMENT_READ, post=Permission.ASSESSMENT_ANSWER)
def plan(assessment_id: UUID) -> ResponseReturnValue:
    """What follows from the findings, shown before any of it is created."""
    sheet = found(read_sheet(assessment_id))
    shown = lay_out(sheet, today())
    form = _plan_form(sheet, shown)
    result: list[commands.Applied] = []

    def act() -> str:
        result.append(commands.apply_plan(actor(), assessment_id=assessment_id, on=today(), **form.values()))
        return url_for("assessments.plan", assessment_id=assessment_id)

    done = attempt(form, act)
    if done and result:
        told = {"created": result[-1].created, "left": result[-1].left_alone}
        flash(_("%(created)s created, %(left)s existed already and were left alone.", **told), "done")
    if done:
        return done
    titles = {rule.key: rule.title for rule in sheet.rules.findings}
    return page("assessments/plan.html", form=form, sheet=sheet, plan=shown, titles=titles)


def _plan_form(sheet: Sheet, shown: PlanShown) -> PlanForm:
    brokers = broker_choices()
    known = [value for value, name in brokers if name in {row[0] for row in shown.delegations}]
    ticked = [item for item in shown.new_items if item != "delegation"]
    form = PlanForm(data={"items": ticked, "partner_id": known[0] if len(known) == 1 else "", "version": sheet.version})
    form.partner_id.choices = [("", _("not named yet")), *brokers]
    return form


@bp.route("/assessments/<uuid:assessment_id>/sign", methods=["GET", "POST"])
@requires(get=Permission.ASSESSMENT_SIGN, post=Permission.ASSESSMENT_SIGN)
def sign(assessment_id: UUID) -> ResponseReturnValue:
    """Read it once more, then sign."""
    sheet = found(read_sheet(assessment_id))
    form = SignForm(data={"digest": content_digest(sheet), "version": sheet.version})

    def act() -> str:
        commands.sign_off(actor(), assessment_id=assessment_id, on=today(), **form.values())
        return url_for("assessments.show", assessment_id=assessment_id)

    done = attempt(form, act, _("Signed off. Nothing in it changes any more."))
    return done or page("assessments/sign.html", form=form, **_to_sign(sheet))


def _to_sign(sheet: Sheet) -> dict[str, Any]:
    prepared = {sheet.started_by, *(kept.by for kept in sheet.kept.values())}
    frozen = {"answers": sheet.answers, "not_applicable": sheet.not_applicable}
    return {
        "sheet": sheet,
        "is_preparer": actor().user_id in prepared,
        "preparers": queries.people(prepared),
        "open_sections": [row for row in showing.sections_shown(sheet, None) if row.state != "done"],
        "findings": _cards(sheet, sheet.findings),
        "answers": showing.answers_shown(sheet.rules, frozen),
    }


@bp.get("/assessments/<uuid:assessment_id>/compare")
@requires(Permission.ASSESSMENT_READ)
def compare(assessment_id: UUID) -> ResponseReturnValue:
    """What changed since the assessment before."""
    sheet = found(read_sheet(assessment_id))
    before = queries.get(sheet.previous_id) if sheet.previous_id else None
    current = found(queries.get(assessment_id))
    changes = showing.changes_shown(sheet.rules, compared(before, current, sheet)) if before else []
    return page("assessments/compare.html", sheet=sheet, before=before, changes=changes)


@bp.route("/findings/<uuid:finding_id>/settle", methods=["GET", "POST"])
@requires(get=Permission.ASSESSMENT_ANSWER, post=Permission.ASSESSMENT_ANSWER)
def settle(finding_id: UUID) -> ResponseReturnValue:
    """Close a finding with the reason."""
    row = found(queries.finding(finding_id))
    form = SettleForm(obj=row)

    def act() -> str:
        commands.settle_finding(actor(), finding_id=finding_id, on=today(), **form.values())
        return url_for("assessments.client", client_id=row.client_id)

    client_id = row.client_id
    done = attempt(form, act, _("Settled."))
    if done:
        return done
    row = found(queries.finding(finding_id))
    shown = showing.finding_words(row.rule, found(queries.get(row.assessment_id)).rules_on)
    name = queries.name_of_client(client_id)
    return page("assessments/settle.html", form=form, row=row, shown=shown, name=name, client_id=client_id)
