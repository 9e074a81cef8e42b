"""Documents, views: the list, asking, one request with its files, and the decisions about it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tracker.accounts import queries as accounts
from tracker.clients.queries import header
from tracker.documents import commands, listing, queries, wording
from tracker.documents.enums import RequestState
from tracker.documents.forms import (
    NOBODY_YET,
    AcceptForm,
    AgainForm,
    AskForm,
    AskManyForm,
    EditForm,
    NotRequiredForm,
    ReturnForm,
    StepForm,
    UploadForm,
    as_id,
)
from tracker.documents.intake import BODY_LIMIT_BYTES, intake
from tracker.documents.rules import may_move
from tracker.permissions import Permission
from tracker.platform.access import requires
from tracker.platform.actor import actor
from tracker.platform.edge import attempt
from tracker.platform.files import download as send_file
from tracker.platform.forms import Form
from tracker.platform.pages import found, page, page_number
from tracker.platform.security import csrf

bp = Blueprint("documents", __name__)


@bp.get("/documents")
@requires(Permission.DOCUMENT_READ)
def index() -> ResponseReturnValue:
    """Every request of the clients in scope, filtered by the address."""
    filters = _filters()
    return page(
        "documents/index.html",
        rows=listing.listed(filters, page_number()),
        counts=listing.counts(),
        filters=filters,
        kinds=wording.kind_choices(),
        owners=accounts.staff_choices(),
    )


def _filters() -> listing.Filters:
    view, kind = request.args.get("state", "open"), request.args.get("kind")
    owner, text = request.args.get("owner", ""), (request.args.get("q") or "").strip()[:80]
    try:
        owner_id = as_id(owner)
    except ValueError:
        owner_id = None
    return listing.Filters(
        view=view if view in listing.VIEWS else "open",
        kind=kind or None,
        owner_id=owner_id,
        q=text or None,
        sort=request.args.get("sort", "due"),
    )


@bp.get("/clients/<uuid:client_id>/documents")
@requires(Permission.DOCUMENT_READ)
def client(client_id: UUID) -> ResponseReturnValue:
    """The requests of one client."""
    head = found(header(client_id))
    return page(
        "documents/client.html",
        header=head,
        client_id=client_id,
        client_name=head.legal_name,
        rows=queries.requests_of(client_id),
    )


@bp.route("/clients/<uuid:client_id>/documents/new", methods=["GET", "POST"])
@requires(get=Permission.DOCUMENT_REQUEST, post=Permission.DOCUMENT_REQUEST)
def new(client_id: UUID) -> ResponseReturnValue:
    """Ask one client for one document."""
    name = found(listing.client_name(client_id))
    form = AskForm(owner_id=actor().user_id)
    form.kind.choices = [("", _("Something else")), *wording.kind_choices()]
    form.owner_id.choices = [NOBODY_YET, *accounts.staff_choices()]
    form.program_account_id.choices = [("", _("All of them")), *listing.account_choices(client_id)]
    form.engagement_id.choices = [("", _("None")), *listing.engagement_choices(client_id)]

    def act() -> str:
        commands.request_document(actor(), client_id=client_id, **form.values())
        return url_for("documents.client", client_id=client_id)

    done = attempt(form, act, _("Requested."))
    return done or page("documents/new.html", form=form, client_id=client_id, client_name=name)


@bp.route("/documents/ask", methods=["GET", "POST"])
@requires(get=Permission.DOCUMENT_REQUEST, post=Permission.DOCUMENT_REQUEST)
def ask_many() -> ResponseReturnValue:
    """Ask many clients for one kind. `?ids=…` (repeated) ticks clients beforehand."""
    ticked = _ticked()
    form = AskManyForm(client_ids=ticked, owner_id=actor().user_id)
    choices = listing.client_choices(ticked)
    form.kind.choices = [("", "–"), *wording.kind_choices()]
    form.owner_id.choices = [NOBODY_YET, *accounts.staff_choices()]
    form.client_ids.choices = [(str(key), name) for key, name in choices]
    outcome: list[tuple[int, int]] = []

    def act() -> str:
        outcome.append(commands.request_from_many(actor(), **form.values()))
        return url_for("documents.index", kind=form.kind.data)

    done = attempt(form, act)
    for asked, had in outcome if done else ():
        flash(
            _("Clients asked: %(asked)s. Clients who had it open or accepted already: %(had)s.", asked=asked, had=had),
            "done",
        )
    return done or page("documents/ask_many.html", form=form, is_cut=len(choices) >= listing.CHOICES)


def _ticked() -> list[UUID]:
    ids = []
    for text in [*request.args.getlist("ids"), *request.form.getlist("client_ids")][: listing.CHOICES]:
        try:
            ids.append(UUID(text))
        except ValueError:
            continue
    return ids


@bp.get("/documents/<uuid:request_id>")
@requires(Permission.DOCUMENT_READ)
def show(request_id: UUID) -> ResponseReturnValue:
    """One request: why, its files, its history, and what can be done now."""
    return _request_page(request_id, None)


@bp.route("/documents/<uuid:request_id>/edit", methods=["GET", "POST"])
@requires(get=Permission.DOCUMENT_REQUEST, post=Permission.DOCUMENT_REQUEST)
def edit(request_id: UUID) -> ResponseReturnValue:
    """Change the words, the due date, the owner or who sees it."""
    record = found(queries.editable(request_id))
    form = EditForm(obj=record)
    form.owner_id.choices = [NOBODY_YET, *accounts.staff_choices()]

    def act() -> str:
        commands.edit_request(actor(), request_id=request_id, **form.values())
        return url_for("documents.show", request_id=request_id)

    done = attempt(form, act, _("Saved."))
    return done or page("documents/edit.html", form=form, row=found(queries.request_row(request_id)))


@bp.post("/documents/<uuid:request_id>/files")
@requires(Permission.DOCUMENT_REVIEW)
def upload(request_id: UUID) -> ResponseReturnValue:
    """File what came by mail or on paper. The body limit is raised here only, and the token checked after that."""
    request.max_content_length = BODY_LIMIT_BYTES
    csrf.protect()
    found(queries.request_row(request_id))
    form = UploadForm()
    with intake(form.files.data) as taken:
        form.once.data = taken.key(form.once.data)

        def act() -> str:
            for refusal in taken.refusals:
                raise refusal
            commands.upload_version(
                actor(), request_id=request_id, files=taken.files, is_internal=bool(form.is_internal.data)
            )
            taken.take()
            return url_for("documents.show", request_id=request_id)

        done = attempt(form, act, _("Filed."))
        if done is None:
            taken.sweep()
    return done or _request_page(request_id, form)


csrf.exempt(upload)  # `upload` checks the token itself, once the request may be as large as a file


@bp.post("/documents/<uuid:request_id>/review")
@requires(Permission.DOCUMENT_REVIEW)
def review(request_id: UUID) -> ResponseReturnValue:
    """Begin to look at what was handed in."""
    return _decide(request_id, StepForm(), commands.start_review, _("Under review."))


@bp.post("/documents/<uuid:request_id>/accept")
@requires(Permission.DOCUMENT_REVIEW)
def accept(request_id: UUID) -> ResponseReturnValue:
    """Accept what was handed in."""
    return _decide(request_id, AcceptForm(), commands.accept_request, _("Accepted."))


@bp.post("/documents/<uuid:request_id>/return")
@requires(Permission.DOCUMENT_REVIEW)
def give_back(request_id: UUID) -> ResponseReturnValue:
    """Return it to the client with a reason."""
    return _decide(request_id, ReturnForm(), commands.return_request, _("Returned. It is on the client's list again."))


@bp.post("/documents/<uuid:request_id>/not-required")
@requires(Permission.DOCUMENT_REQUEST)
def not_required(request_id: UUID) -> ResponseReturnValue:
    """Take it off the client's list."""
    return _decide(request_id, NotRequiredForm(), commands.set_not_required, _("Marked as not required."))


@bp.post("/documents/<uuid:request_id>/again")
@requires(Permission.DOCUMENT_REQUEST)
def again(request_id: UUID) -> ResponseReturnValue:
    """Ask for it after all, or for the successor of what ran out."""
    row = found(queries.request_row(request_id))
    is_over = row.state is RequestState.EXPIRED
    return _decide(
        request_id, AgainForm(), commands.renew_request if is_over else commands.ask_again, _("Asked again.")
    )


def _decide(request_id: UUID, form: Form, command: Callable[..., Any], notice: str) -> ResponseReturnValue:
    found(queries.request_row(request_id))

    def act() -> str:
        decided = command(actor(), request_id=request_id, **form.values())
        return url_for("documents.show", request_id=decided.id)

    return attempt(form, act, notice) or _request_page(request_id, form)


def _request_page(request_id: UUID, form: Form | None) -> Response:
    row = found(queries.request_row(request_id))
    forms: dict[str, Form] = {
        "upload": UploadForm(formdata=None),
        "accept": AcceptForm(formdata=None),
        "give_back": ReturnForm(formdata=None),
        "not_required": NotRequiredForm(formdata=None),
        "again": AgainForm(formdata=None),
    }
    if form is not None:
        forms.update({name: form for name, blank in forms.items() if type(blank) is type(form)})
    kind = wording.kind_of(row.kind)
    return page(
        "documents/show.html",
        form=form,
        forms=forms,
        row=row,
        may={state.value for state in RequestState if may_move(row.state, state) and state is not row.state},
        can_upload=may_move(row.state, RequestState.RECEIVED),
        runs_out=kind is not None and kind.expires,
        sources=wording.sources_of(row.kind),
        versions=queries.versions_of(request_id),
        history=listing.history_of(request_id),
    )


@bp.get("/documents/files/<uuid:version_id>")
@requires(Permission.DOCUMENT_READ)
def download(version_id: UUID) -> ResponseReturnValue:
    """One file, as an attachment."""
    version = found(queries.version_row(version_id))
    return send_file(version.storage_key, version.file_name, version.content_type)
