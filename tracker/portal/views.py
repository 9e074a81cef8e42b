"""Portal, views: the contact's home, handing in, history, the choice of company; and the same page for the firm to look at."""

from uuid import UUID

from flask import Blueprint, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tracker.clients import portal_rows as companies
from tracker.clients.portal_rows import CompanyRow
from tracker.coordination import portal_rows as coordination
from tracker.coordination.portal_commands import hand_back_task
from tracker.documents import portal_rows as documents
from tracker.documents.commands import upload_version
from tracker.documents.enums import RequestState
from tracker.documents.intake import BODY_LIMIT_BYTES, intake
from tracker.documents.rules import may_move
from tracker.guarantees.queries import numbers_of
from tracker.permissions import Permission
from tracker.platform.access import requires
from tracker.platform.actor import actor
from tracker.platform.clock import today
from tracker.platform.edge import attempt
from tracker.platform.files import download as send_file
from tracker.platform.forms import Form
from tracker.platform.pages import found, page
from tracker.platform.security import csrf
from tracker.portal.commands import tell_figures
from tracker.portal.forms import FiguresForm, HandInForm, StepDoneForm, figures_form
from tracker.portal.home import home_of, with_whom
from tracker.rulebook.task_kinds import READ_REQUIREMENT

bp = Blueprint("portal", __name__)

COMPANY_KEY = "company"


def _chosen(mine: list[CompanyRow]) -> CompanyRow | None:
    """The only company, or the one chosen in this session as long as it is still in scope."""
    if len(mine) == 1:
        return mine[0]
    chosen = session.get(COMPANY_KEY)
    return next((company for company in mine if str(company.id) == chosen), None)


def _switch(mine: list[CompanyRow]) -> str:
    return url_for("portal.choose") if len(mine) > 1 else ""


@bp.get("/portal")
@requires(Permission.PORTAL_READ)
def index() -> ResponseReturnValue:
    """What the contact has to do, soonest first, and how far the company is."""
    mine = companies.companies()
    company = _chosen(mine)
    if company is None:
        return page("portal/nothing.html") if not mine else redirect(url_for("portal.choose"), 302)
    return page(
        "portal/index.html",
        home=home_of(company, today()),
        with_whom=with_whom,
        company_name=company.name,
        company_switch_url=_switch(mine),
        once=HandInForm(formdata=None).once.data,
        is_looking=False,
    )


@bp.route("/portal/company", methods=["GET", "POST"])
@requires(get=Permission.PORTAL_READ, post=Permission.PORTAL_READ)
def choose() -> ResponseReturnValue:
    """Which company: for people who work for several."""
    mine = companies.companies()
    if request.method == "POST":
        wanted = request.form.get("company", "")
        session[COMPANY_KEY] = str(found(next((c for c in mine if str(c.id) == wanted), None)).id)
        return redirect(url_for("portal.index"), 303)
    return page("portal/choose.html", companies=mine)


@bp.get("/portal/documents/<uuid:request_id>")
@requires(Permission.PORTAL_READ)
def document(request_id: UUID) -> ResponseReturnValue:
    """One thing asked for: why, what was handed in, and the place to hand in."""
    return _document_page(request_id, HandInForm(formdata=None))


@bp.post("/portal/documents/<uuid:request_id>/files")
@requires(Permission.PORTAL_UPLOAD)
def hand_in(request_id: UUID) -> ResponseReturnValue:
    """Photos or files for one request. The body limit is raised here only, and the token checked after that."""
    request.max_content_length = BODY_LIMIT_BYTES
    csrf.protect()
    row = found(documents.shown_request(request_id))
    form = HandInForm()
    with intake(form.files.data) as taken:
        form.once.data = taken.key(form.once.data)

        def act() -> str:
            for refusal in taken.refusals:
                raise refusal
            upload_version(actor(), request_id=request_id, files=taken.files)
            taken.take()
            return url_for("portal.index")

        done = attempt(form, act, _("Thank you. “%(name)s” is with us now.", name=row.name))
        if done is None:
            taken.sweep()
    return done or _document_page(request_id, form)


csrf.exempt(hand_in)  # `hand_in` checks the token itself, once the request may be as large as a photo


def _document_page(request_id: UUID, form: Form) -> Response:
    row = found(documents.shown_request(request_id))
    mine = companies.companies()
    return page(
        "portal/document.html",
        form=form,
        row=row,
        versions=documents.shown_versions(request_id),
        can_upload=may_move(row.state, RequestState.RECEIVED),
        company_name=row.client_name,
        company_switch_url=_switch(mine),
    )


@bp.get("/portal/files/<uuid:version_id>")
@requires(Permission.PORTAL_READ)
def download(version_id: UUID) -> ResponseReturnValue:
    """One of the company's own files, as an attachment."""
    version = found(documents.shown_version(version_id))
    return send_file(version.storage_key, version.file_name, version.content_type)


@bp.get("/portal/files")
@requires(Permission.PORTAL_READ)
def history() -> ResponseReturnValue:
    """Everything handed in so far."""
    mine = companies.companies()
    company = _chosen(mine)
    if company is None:
        return redirect(url_for("portal.index"), 302)
    return page(
        "portal/history.html",
        rows=documents.handed_in(company.id),
        company_name=company.name,
        company_switch_url=_switch(mine),
    )


@bp.route("/portal/tasks/<uuid:task_id>", methods=["GET", "POST"])
@requires(get=Permission.PORTAL_READ, post=Permission.PORTAL_ANSWER)
def task(task_id: UUID) -> ResponseReturnValue:
    """One step: how it is taken, and the button that says it is done."""
    row = found(coordination.client_task(task_id))
    accounts = numbers_of(row.client_id) if row.kind == READ_REQUIREMENT else []
    form = (
        figures_form(accounts)(version=row.version, read_on=today()) if accounts else StepDoneForm(version=row.version)
    )

    def act() -> str:
        if isinstance(form, FiguresForm):
            told = {
                "amounts": form.amounts(),
                "posted": form.posted(),
                "read_on": form.read_on.data,
                "version": form.version.data,
            }
            tell_figures(actor(), client_id=row.client_id, task_id=task_id, today=today(), **told)
        else:
            hand_back_task(actor(), task_id=task_id, **form.values())
        return url_for("portal.index")

    done = attempt(form, act, _("Thank you. We check it and tell you if anything is missing."))
    mine = companies.companies()
    name = next((company.name for company in mine if company.id == row.client_id), "")
    return done or page("portal/task.html", form=form, row=row, company_name=name, company_switch_url=_switch(mine))


@bp.get("/clients/<uuid:client_id>/as-client")
@requires(Permission.CLIENT_READ)
def as_client(client_id: UUID) -> ResponseReturnValue:
    """The contact's home as the firm may look at it: nothing on it can be pressed."""
    company = found(companies.company(client_id))
    return page(
        "portal/index.html",
        home=home_of(company, today()),
        with_whom=with_whom,
        company_name=company.name,
        once="",
        is_looking=True,
    )
