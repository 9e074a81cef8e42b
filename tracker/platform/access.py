"""Access fails closed: every (endpoint, method) owns a policy, or the program does not start and the request is denied."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, abort, current_app, request

from tracker.permissions import Permission
from tracker.platform.actor import actor

View = TypeVar("View", bound=Callable[..., Any])
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Public:
    """Marks a route that needs nobody signed in, and says why."""

    reason: str


Policy = Permission | Public


def requires(
    permission: Permission | None = None, *, get: Policy | None = None, post: Policy | None = None
) -> Callable[[View], View]:
    """Mark a view: one permission for a one-method view, `get=` and `post=` where it has both."""

    def mark(view: View) -> View:
        policies: dict[str, Policy] = {}
        if permission is not None:
            policies = {"GET": permission, "POST": permission}
            view.__one_policy__ = True  # type: ignore[attr-defined]
        if get is not None:
            policies["GET"] = get
        if post is not None:
            policies["POST"] = post
        view.__policies__ = policies  # type: ignore[attr-defined]
        return view

    return mark


def public(reason: str) -> Callable[[View], View]:
    """Mark a view that anybody may ask for."""
    return requires(get=Public(reason), post=Public(reason))


def policies(app: Flask) -> dict[tuple[str, str], Policy]:
    """Every (endpoint, method) of the application with its policy. RuntimeError where one is missing."""
    found: dict[tuple[str, str], Policy] = {}
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        marks: dict[str, Policy] = getattr(view, "__policies__", {})
        if rule.endpoint.endswith("static"):
            marks = {"GET": Public("styles and scripts")}
        methods = (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if len(methods) > 1 and getattr(view, "__one_policy__", False):
            raise RuntimeError(f"GET and POST share one policy: {rule.rule}")
        for method in methods:
            if method not in marks:
                raise RuntimeError(f"no policy: {method} {rule.rule}")
            found[rule.endpoint, method] = marks[method]
    return found


def enforce(app: Flask) -> None:
    """Check every route at start-up, and each request before its view. Call after all blueprints are registered."""
    app.extensions["policies"] = policies(app)
    app.before_request(_deny_by_default)


def policy_here() -> Policy | None:
    """The policy of this request's address and method, None where there is none."""
    method = "GET" if request.method in SAFE_METHODS else request.method
    found: Policy | None = current_app.extensions["policies"].get((request.endpoint, method))
    return found


def _deny_by_default() -> Any:
    if request.endpoint is None:
        return None  # no such address or method: 404 or 405
    policy = policy_here()
    if isinstance(policy, Public):
        return None
    if policy is None:
        abort(403)
    who = actor()
    if who.role is None:
        return current_app.extensions["ask_to_sign_in"]()
    if not who.may(policy):
        abort(403)
    return None
