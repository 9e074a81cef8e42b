"""API, views: the way in: a token in the header, and nothing else; each failure answered in JSON."""

from flask import request
from flask.blueprints import BlueprintSetupState
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import TooManyRequests, Unauthorized
from werkzeug.wrappers import Response

from tracker.accounts import queries, throttle
from tracker.accounts.signing_in import TOKENS_ONLY, actor_of, enter_as
from tracker.accounts.tokens import count_request
from tracker.api.asking import BadParameterError
from tracker.api.description import failure
from tracker.api.views.blueprint import answer, bp
from tracker.permissions import Permission
from tracker.platform.access import Public, policy_here
from tracker.platform.clock import now
from tracker.platform.db import transaction
from tracker.platform.failures import answer_under

TRIES = queries.TRIES * 5  # of one network address in five minutes, as with passwords
CHALLENGE = WWWAuthenticate("bearer", {"realm": "tracker"})


@bp.record_once
def _answer_failures(state: BlueprintSetupState) -> None:
    answer_under(state.app, TOKENS_ONLY, lambda status: answer(failure(status), status))  # type: ignore[arg-type]


@bp.errorhandler(BadParameterError)
def _bad_parameter(error: BadParameterError) -> Response:
    return answer(failure(400, error.message), 400)


@bp.before_app_request
def _enter() -> None:
    """From here on the request is that of the token's person: 401 in the same words for no token, an unknown one, one that
    was revoked and one that is over."""
    if not request.path.startswith(TOKENS_ONLY) or request.endpoint is None or isinstance(policy_here(), Public):
        return
    given = request.authorization
    secret = given.token if given is not None and given.type == "bearer" else None
    live = queries.live_api_token(secret) if secret else None
    if live is None or not actor_of(live[1]).may(Permission.API_USE):
        _count_failure()
        raise Unauthorized(www_authenticate=CHALLENGE)
    token, person = live
    enter_as(person)
    until = count_request(token)
    if until is not None:
        raise TooManyRequests(retry_after=max(1, int((until - now()).total_seconds()) + 1))


def _count_failure() -> None:
    """A token in force is never kept out by others' failures: nobody guesses 256 bits. What is held off is the noise."""
    limits = {f"token-from:{request.remote_addr}": TRIES}
    try:
        throttle.check_open(limits)  # a door that is closed costs nobody the lock
        with transaction():
            throttle.count_try(limits)
    except throttle.TooManyTriesError as closed:
        raise TooManyRequests(retry_after=closed.seconds) from closed
