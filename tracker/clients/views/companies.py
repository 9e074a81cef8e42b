"""Clients, views: take on a client, its profile, notes, archive and program accounts."""

from uuid import UUID

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.clients import commands, queries, words
from tracker.clients.forms import (
    ClientForm,
    EditAccountForm,
    EditClientForm,
    NewAccountForm,
    NewClientForm,
    NoteForm,
    VersionForm,
)
from tracker.clients.models import ProgramAccount
from tracker.clients.views.blueprint import bp
from tracker.permissions import Permission
from tracker.platform.access import requires
from tracker.platform.actor import actor
from tracker.platform.clock import today
from tracker.platform.edge import attempt
from tracker.platform.languages import language
from tracker.platform.pages import found, page
from tracker.rulebook.book import rules_at


def _with_choices(form: ClientForm, kept: tuple[list[str], list[str]] = ([], [])) -> None:
    """Offer the rulebook's own options for regulated goods and regimes; what was imported otherwise stays tickable."""
    for name, values in zip(("regulated_goods", "special_regimes"), kept, strict=True):
        options = [
            (option.value, option.text.in_(language()))
            for section in rules_at(today()).sections
            for question in section.questions
            if question.profile == name
            for option in question.options
            if option.value != "none"
        ]
        known = {value for value, _label in options}
        form._fields[name].choices = [*options, *((value, value) for value in values if value not in known)]


@bp.route("/clients/new", methods=["GET", "POST"])
@requires(get=Permission.CLIENT_CREATE, post=Permission.CLIENT_CREATE)
def new() -> ResponseReturnValue:
    """Take on a client."""
    form = NewClientForm()
    _with_choices(form)

    def act() -> str:
        client = commands.create_client(actor(), **form.values())
        return url_for("clients.accounts", client_id=client.id)

    done = attempt(form, act, _("Client added. Now add its program accounts."))
    return done or page("clients/edit.html", form=form, header=None, client=None)


@bp.route("/clients/<uuid:client_id>/edit", methods=["GET", "POST"])
@requires(get=Permission.CLIENT_EDIT, post=Permission.CLIENT_EDIT)
def edit(client_id: UUID) -> ResponseReturnValue:
    """What is known of a client."""
    client = found(queries.get(client_id))
    form = EditClientForm(obj=client)
    _with_choices(form, (client.regulated_goods or [], client.special_regimes or []))

    def act() -> str:
        commands.edit_client(actor(), client=found(queries.get(client_id)), **form.values())
        return url_for("clients.edit", client_id=client_id)

    done = attempt(form, act, _("Saved."))
    return done or _profile(client_id, form)


def _profile(client_id: UUID, form: EditClientForm | None, note: NoteForm | None = None) -> ResponseReturnValue:
    client = found(queries.get(client_id))
    sent = form or note
    if form is None:
        form = EditClientForm(formdata=None, obj=client)
        _with_choices(form, (client.regulated_goods or [], client.special_regimes or []))
    return page(
        "clients/edit.html",
        form=sent,
        profile=form,
        client=client,
        header=queries.header(client_id),
        note=note or NoteForm(formdata=None, prefix=""),
        notes=queries.notes_of(client_id),
    )


@bp.post("/clients/<uuid:client_id>/notes")
@requires(Permission.CLIENT_EDIT)
def note(client_id: UUID) -> ResponseReturnValue:
    """Write a note on the file."""
    found(queries.get(client_id))
    form = NoteForm()

    def act() -> str:
        commands.add_note(actor(), client_id=client_id, **form.values())
        return url_for("clients.edit", client_id=client_id)

    done = attempt(form, act, _("Noted."))
    return done or _profile(client_id, None, form)


@bp.post("/clients/<uuid:client_id>/archive")
@requires(Permission.CLIENT_ARCHIVE)
def archive(client_id: UUID) -> ResponseReturnValue:
    """Put a client away."""
    found(queries.get(client_id))
    form = VersionForm()

    def act() -> str:
        commands.archive_client(actor(), client=found(queries.get(client_id)), **form.values())
        return url_for("clients.edit", client_id=client_id)

    done = attempt(form, act, _("Archived. Nothing was deleted."))
    return done or _sent_back(client_id, form)


@bp.post("/clients/<uuid:client_id>/restore")
@requires(Permission.CLIENT_ARCHIVE)
def restore(client_id: UUID) -> ResponseReturnValue:
    """Take a client up again."""
    found(queries.get(client_id))
    form = VersionForm()

    def act() -> str:
        commands.restore_client(actor(), client=found(queries.get(client_id)), **form.values())
        return url_for("clients.edit", client_id=client_id)

    done = attempt(form, act, _("Active again."))
    return done or _sent_back(client_id, form)


def _sent_back(client_id: UUID, form: VersionForm) -> ResponseReturnValue:
    client = found(queries.get(client_id))
    profile = EditClientForm(formdata=None, obj=client)
    _with_choices(profile, (client.regulated_goods or [], client.special_regimes or []))
    return page(
        "clients/edit.html",
        form=form,
        profile=profile,
        client=client,
        header=queries.header(client_id),
        note=NoteForm(formdata=None),
        notes=queries.notes_of(client_id),
    )


@bp.get("/clients/<uuid:client_id>/accounts")
@requires(Permission.CLIENT_READ)
def accounts(client_id: UUID) -> ResponseReturnValue:
    """A client's program accounts."""
    header = found(queries.header(client_id))
    return page("clients/accounts.html", header=header, words=words)


@bp.route("/clients/<uuid:client_id>/accounts/new", methods=["GET", "POST"])
@requires(get=Permission.CLIENT_EDIT, post=Permission.CLIENT_EDIT)
def new_account(client_id: UUID) -> ResponseReturnValue:
    """Add a program account."""
    header = found(queries.header(client_id))
    form = NewAccountForm()

    def act() -> str:
        commands.add_account(actor(), client=found(queries.get(client_id)), **form.values())
        return url_for("clients.accounts", client_id=client_id)

    done = attempt(form, act, _("Account added."))
    return done or page("clients/account.html", form=form, header=header, account=None)


def _account(client_id: UUID, account_id: UUID) -> ProgramAccount:
    """The account of this client, or 404."""
    account = queries.get_account(account_id)
    return found(account if account and account.client_id == client_id else None)


@bp.route("/clients/<uuid:client_id>/accounts/<uuid:account_id>/edit", methods=["GET", "POST"])
@requires(get=Permission.CLIENT_EDIT, post=Permission.CLIENT_EDIT)
def edit_account(client_id: UUID, account_id: UUID) -> ResponseReturnValue:
    """Change or close a program account."""
    account = _account(client_id, account_id)
    form = EditAccountForm(obj=account)

    def act() -> str:
        commands.edit_account(actor(), account=_account(client_id, account_id), **form.values())
        return url_for("clients.accounts", client_id=client_id)

    done = attempt(form, act, _("Saved."))
    header = queries.header(client_id)
    return done or page("clients/account.html", form=form, header=header, account=account)
