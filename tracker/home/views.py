"""Home, views: `/`, process and readiness checks."""

from flask import Blueprint, jsonify, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from tracker.permissions import Permission
from tracker.platform.access import public
from tracker.platform.actor import actor
from tracker.platform.db import db
from tracker.platform.files import storage_root

bp = Blueprint("home", __name__)


@bp.get("/")
@public("leads everyone to their own home, or to sign-in")
def index() -> ResponseReturnValue:
    """Send each role to its own home."""
    who = actor()
    if who.role is None:
        return redirect(url_for("accounts.sign_in"), 302)
    if who.may(Permission.DESK_READ):
        return redirect(url_for("desk.index"), 302)
    if who.may(Permission.PORTAL_READ):
        return redirect(url_for("portal.index"), 302)
    return redirect(url_for("coordination.shared"), 302)


@bp.get("/livez")
@public("a supervisor asks without signing in")
def livez() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="up")


@bp.get("/readyz")
@public("a supervisor asks without signing in")
def readyz() -> ResponseReturnValue:
    """Database, schema and storage are ready."""
    db.session.execute(text("SELECT seq FROM audit_head LIMIT 1"), execution_options={"unscoped": "readiness check"})
    storage_root()
    return jsonify(status="ready")
