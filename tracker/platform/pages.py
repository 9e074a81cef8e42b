"""Pages: rendering with the right status, filters for money and dates, paging. Data arrives here ready to show."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar
from uuid import UUID

from flask import Flask, abort, g, make_response, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tracker.platform.actor import actor
from tracker.platform.clock import TORONTO, today
from tracker.platform.days import at_time, unbroken
from tracker.platform.days import in_week as day_in_week
from tracker.platform.days import month as month_of
from tracker.platform.days import weekday as day_of_week
from tracker.platform.forms import Form
from tracker.platform.languages import language
from tracker.platform.money import NBSP, format_money
from tracker.rulebook.types import Citation

Row = TypeVar("Row")
PAGE_SIZE = 50
FIRST_YEAR, LAST_YEAR = 2024, 2098  # CARM began in 2024; a date at the end of time has no month after it


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One screenful of rows, and where it stands among all of them."""

    rows: Sequence[Row]
    number: int
    total: int
    size: int = PAGE_SIZE

    @property
    def pages(self) -> int:
        """How many screenfuls there are, at least one."""
        return max(1, -(-self.total // self.size))

    @property
    def previous(self) -> int | None:
        """The number of the page before, None on the first."""
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        """The number of the page after, None on the last."""
        return self.number + 1 if self.number < self.pages else None


def page_number() -> int:
    """The `page` of the address, 1 when it is missing or no number."""
    text = request.args.get("page", "1")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def as_id(text: str | None) -> UUID | None:
    """An id that an address or a tick names; None for what is none."""
    try:
        return UUID(text or "")
    except ValueError:
        return None


def as_day(text: str | None) -> date | None:
    """A day that an address names, within the years a page can show; None for what is none."""
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def found(record: Row | None) -> Row:
    """The record, or 404: the same answer for what does not exist and what is not yours."""
    if record is None:
        abort(404)
    return record


def page(template: str, /, *, form: Form | None = None, status: int = 200, **values: Any) -> Response:
    """Render a page. A form with errors answers 422, a stale one 409, and lists its errors on top."""
    if form is not None and request.method == "POST" and (form.has_errors or form.is_stale):
        status = 409 if form.is_stale else 422
    return make_response(render_template(template, form=form, **values), status)


def address(**changes: Any) -> str:
    """This page's own address with some of its query changed: for sorting, filtering and paging."""
    query = {key: value for key, value in request.args.items() if value}
    query.update({key: str(value) for key, value in changes.items() if value not in (None, "")})
    for key, value in changes.items():
        if value in (None, ""):
            query.pop(key, None)
    return url_for(request.endpoint or "home.index", **{**query, **(request.view_args or {})})


def cited(citations: Iterable[Citation]) -> list[dict[str, str | None]]:
    """Citations as links: the source's title with the place in it, its address where it has one, and how sure it is."""
    levels = confidence_words()
    return [
        {
            "label": one.label_in(language()),
            "url": one.source.url,
            "confidence": levels[one.confidence],
        }
        for one in citations
    ]


def confidence_words() -> dict[str, str]:
    """How sure a citation is, in the reader's language: H, M, L as in the rulebook."""
    return {"H": _("High"), "M": _("Medium"), "L": _("Low")}


def day(value: date | None) -> str:
    """A date as people write it, on one line: 23 Nov 2026, 23 nov. 2026. Empty for None."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(TORONTO).date()
    return unbroken(value, language())


def weekday(value: date) -> str:
    """The day of the week, short: Mon, lun."""
    return day_of_week(value, language())


def in_week(value: date) -> str:
    """A day of the coming days, without its year: Mon 23 Nov, lun. 23 nov."""
    return _unbroken(day_in_week(value, language()))


def month(value: date) -> str:
    """The month with its year: November 2026, novembre 2026."""
    return _unbroken(month_of(value, language()))


def _unbroken(words: str) -> str:
    return words.replace(" ", NBSP)


def daytime(value: datetime | None) -> str:
    """An instant in Toronto time: 23 Nov 2026, 08:42; 23 nov. 2026, 8 h 42."""
    if value is None:
        return ""
    return _unbroken(at_time(value.astimezone(TORONTO), language())).replace(f",{NBSP}", ", ")


def money(value: Decimal | None) -> str:
    """An amount with cents: $42,100.00, 42 100,00 $. Empty for None."""
    return "" if value is None else format_money(value, language())


def money0(value: Decimal | None) -> str:
    """An amount without cents, for overviews."""
    return "" if value is None else format_money(value, language(), cents=False)


def percent(value: Decimal | int | None) -> str:
    """A percentage with no decimals: 83 %. Empty for None. Rounded down, so that 99.9 % never reads as 100 %."""
    if value is None:
        return ""
    return f"{int(value)}%" if language() == "en" else f"{int(value)}\u00a0%"


def days_ago(value: date | datetime | None) -> str:
    """How many days since `value`, short: 17 d, 17 j; "today" for none."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(TORONTO).date()
    days = (today() - value).days
    return _("%(days)s d", days=days) if days else _("today")


def bn(value: str | None) -> str:
    """A business number with thin groups, as the trade displays it: 123456782 RM 0001."""
    if not value:
        return ""
    return f"{value[:9]}\u00a0{value[9:11]}\u00a0{value[11:]}" if len(value) == 15 else value


def clip(value: str | None, length: int = 60) -> str:
    """The first `length` characters, with an ellipsis where something was cut."""
    if not value:
        return ""
    return value if len(value) <= length else value[: length - 1].rstrip() + "…"


FILTERS = (day, weekday, in_week, month, daytime, money, money0, percent, days_ago, bn, clip)


def init_pages(app: Flask) -> None:
    """Register the filters and what every template may count on."""
    for function in FILTERS:
        app.jinja_env.filters[function.__name__] = function
    app.jinja_env.filters["text"] = lambda words: words.in_(language()) if words is not None else ""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["address"] = address

    @app.context_processor
    def shared() -> dict[str, Any]:
        if g.get("is_failing"):
            return {
                "actor": None,
                "language": language(),
                "today": today(),
                "nav": [],
                "firm_name": "",
                "failing": True,
            }
        who = actor()
        return {
            "actor": who if who.role else None,
            "language": language(),
            "today": today(),
            "nav": app.extensions["nav"](who) if who.is_staff else [],
            "firm_name": app.extensions["firm_name"](),
        }
