"""The tracker command: `tracker report`."""

from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

import click
from flask import current_app, url_for
from flask_babel import force_locale

from tracker.cli.rules import DayType
from tracker.cli.session import answer, application, refuse, say
from tracker.clients.queries import by_bn9
from tracker.platform.clock import today
from tracker.platform.errors import Refusal
from tracker.platform.languages import locale_of
from tracker.reports.building import REPORTS, Order, make
from tracker.reports.queries import broker_named


@click.command()
@click.argument("name", required=False)
@click.option("--list", "show_list", is_flag=True, help="which reports there are")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--client", "number", metavar="BN")
@click.option("--broker", metavar="NAME")
@click.option("--as-of", type=DayType(), help="YYYY-MM-DD, default today")
@click.option("--lang", type=click.Choice(["en", "fr"]), default="en")
@click.option("--json", "as_json", is_flag=True)
def report(
    name: str | None,
    show_list: bool,
    out: Path | None,
    number: str | None,
    broker: str | None,
    as_of: date | None,
    lang: str,
    as_json: bool,
) -> None:
    """Write a workbook of the whole firm, one client or one broker."""
    with application(language=lang, needs_schema=not show_list) as app, app.test_request_context(), _locale(lang):
        if show_list:
            _list(as_json)
            return
        if not name or out is None:
            raise click.UsageError("say which report, and --out FILE.xlsx")
        try:
            rows = make(_order(name, number, broker, as_of), out)
        except Refusal as refusal:
            refuse(refusal.message)
        except KeyError as error:
            if "in force" not in str(error):
                raise
            refuse(f"Nothing to work with: {error.args[0]}")
        except OSError as error:
            refuse(f"Cannot write {out}: {error}")
    if as_json:
        answer({"file": str(out), "sheets": rows})
    say(f"{out}: {', '.join(str(row['name']) for row in rows)}")


def _locale(lang: str) -> AbstractContextManager[None]:
    return force_locale(locale_of(lang))


def _list(as_json: bool) -> None:
    rows = [{"name": r.name, "title": r.title(), "needs": r.needs} for r in REPORTS.values()]
    if as_json:
        answer(rows)
        return
    for row in rows:
        click.echo(f"{row['name']:10} {row['title']}")


def _order(name: str, number: str | None, broker: str | None, as_of: date | None) -> Order:
    client = by_bn9("".join(c for c in number if c.isdigit())[:9]) if number else None
    if number and client is None:
        raise Refusal("client", f"No client with the business number {number}.")
    broker_id = broker_named(broker) if broker else None
    if broker and broker_id is None:
        raise Refusal("broker", f"No broker named {broker}.")
    return Order(name, as_of or today(), "tracker", _address, client.id if client else None, broker_id)


def _address(endpoint: str, record_id: object) -> str:
    return str(current_app.config["TRACKER_BASE_URL"]) + url_for(endpoint, client_id=record_id, _external=False)
