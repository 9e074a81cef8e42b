"""What a person sees when something cannot be done: one calm page for every error, never a trace."""

import errno
import logging
from collections.abc import Callable
from typing import Any

from flask import Flask, current_app, g, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, OperationalError
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.wrappers import Response

log = logging.getLogger("tracker")


def init_failures(app: Flask) -> None:
    """Register the error pages and the last-resort handler."""
    app.register_error_handler(CSRFError, _form_expired)
    app.register_error_handler(SecurityError, _unknown_host)
    app.register_error_handler(HTTPException, _http_failure)
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(OSError, _disk_away)
    app.register_error_handler(DataError, _form_expired)  # characters the database cannot hold
    app.register_error_handler(Exception, _unexpected)


def answer_under(app: Flask, prefix: str, answer: Callable[[int], Response]) -> None:
    """Register who answers failures, by status, for addresses that begin with `prefix` and are read by programs."""
    app.extensions.setdefault("failure_answers", {})[prefix] = answer


def _form_expired(_error: CSRFError | DataError) -> Any:
    return _failure_page(400)


def _unknown_host(_error: SecurityError) -> Response:
    """Under a name that is not ours no address can be built, so no page of ours either."""
    return Response("400\n", status=400, mimetype="text/plain")


def _http_failure(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:
        return error
    response = _failure_page(error.code)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After", "WWW-Authenticate"):
            response.headers[name] = value
    return response


def _database_away(error: OperationalError) -> Any:
    log.error("database away, request %s", g.get("request_id"), exc_info=error)
    response = _failure_page(503)
    response.headers["Retry-After"] = "5"
    return response


def _disk_away(error: OSError) -> Any:
    """A full, broken or read-only disk passes, and is said so; any other such error is a fault of ours."""
    if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS):
        return _unexpected(error)
    log.error("disk away, request %s", g.get("request_id"), exc_info=error)
    response = _failure_page(503)
    response.headers["Retry-After"] = "60"
    return response


def _unexpected(error: Exception) -> Any:
    log.error("unexpected failure, request %s %s", g.get("request_id"), request.path, exc_info=error)
    return _failure_page(500)


def _failure_page(status: int) -> Response:
    for prefix, answer in current_app.extensions.get("failure_answers", {}).items():
        if request.path.startswith(prefix):
            return answer(status)
    words = {
        400: (
            _("This form cannot be sent"),
            _("It stood open too long or came from another page. Go back, reload and send it again."),
        ),
        403: (_("This is not for your role"), _("Ask the person who invited you if you need it.")),
        404: (_("Nothing here"), _("The page does not exist, or it is not one of yours.")),
        405: (_("This address takes no such request"), _("Go back and use the buttons of the page.")),
        409: (_("Someone else was first"), _("Go back and reload before you try again.")),
        413: (_("That is too large"), _("A file may have at most 25 MB, a list to import at most 10 MB.")),
        429: (_("Too many tries"), _("Wait five minutes, then try again.")),
        503: (_("The program is not ready"), _("Nothing was lost. Try again in a few seconds.")),
    }
    unknown = (_("Something went wrong"), _("Nothing was saved. Tell us the number below if it happens again."))
    title, sentence = words.get(status, unknown)
    # A failure page needs nothing but itself: the database may be what failed.
    g.is_failing = True
    body = render_template("layout/failure.html", title=title, sentence=sentence, request_id=g.get("request_id", ""))
    return Response(body, status=status, mimetype="text/html")
