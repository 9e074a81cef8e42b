"""Engagement tracker for customs consulting firms: create_app(), the only module that knows every feature."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from tracker.config import PACKAGE, ROOT, settings
from tracker.platform.access import enforce
from tracker.platform.assets import init_assets
from tracker.platform.db import db, migrate
from tracker.platform.failures import init_failures
from tracker.platform.languages import init_languages
from tracker.platform.pages import init_pages
from tracker.platform.security import init_security

MODELS = (
    "accounts", "notifications", "clients", "engagements", "coordination", "documents",
    "assessments", "guarantees", "renewals", "imports", "readiness", "deadlines",
)  # fmt: skip
VIEWS = (
    "accounts", "clients", "engagements", "onboarding", "coordination", "documents", "assessments", "guarantees",
    "renewals", "imports", "deadlines", "risks", "reports", "audit", "desk", "portal", "api", "home",
)  # fmt: skip


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """The application. `config` wins over the environment; the database is not touched here."""
    app = Flask(
        "tracker",
        root_path=str(PACKAGE),
        template_folder=str(_beside("templates", "_templates")),
        static_folder=str(PACKAGE / "platform" / "static"),
        static_url_path="/static",
    )
    app.config.from_mapping(settings(config))
    if proxies := app.config["TRACKER_PROXIES"]:
        # Only the address of the visitor is taken from them; host and scheme come from TRACKER_BASE_URL.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=0)  # type: ignore[method-assign]
    init_security(app)
    db.init_app(app)
    for name in MODELS:
        import_module(f"tracker.{name}.models")
    migrate.init_app(app, db, directory=str(_beside("migrations", "_migrations")))
    init_languages(app)
    init_pages(app)
    init_assets(app)
    init_failures(app)
    import_module("tracker.accounts.signing_in").init_sign_in(app)
    import_module("tracker.readiness.keeping").init_keeping(app)
    import_module("tracker.clients.put_away").init_put_away()
    for name in VIEWS:
        app.register_blueprint(import_module(f"tracker.{name}.views").bp)
    import_module("tracker.home.navigation").init_navigation(app)
    enforce(app)
    return app


def _beside(source: str, packed: str) -> Path:
    """A folder of the checkout, or the copy of it that an installed wheel carries."""
    return ROOT / source if (ROOT / source).is_dir() else PACKAGE / packed
