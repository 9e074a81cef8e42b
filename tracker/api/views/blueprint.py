"""API, views: the blueprint, and how an answer is sent."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint
from werkzeug.wrappers import Response

from tracker.accounts.signing_in import TOKENS_ONLY
from tracker.api.plain import text_of, written
from tracker.platform.pages import Page

Row = TypeVar("Row")
V1 = f"{TOKENS_ONLY}v1"

bp = Blueprint("api", __name__)


def answer(content: Any, status: int = 200) -> Response:
    """JSON."""
    return Response(text_of(content), status=status, mimetype="application/json")


def listed(page: Page[Row], tell: Callable[[Row], Any]) -> Response:
    """A page of rows, each told in the API's own words."""
    rows = [written(tell(row)) for row in page.rows]
    return answer({"rows": rows, "page": page.number, "pages": page.pages, "total": page.total})
