"""The tracker command: `tracker report`."""

from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any

import click
from flask_babel import force_locale

from tracker.accounts.queries import setting
from tracker.cli.arguments import DayType
from tracker.cli.session import answer, application, refuse, say
from tracker.clients.queries import by_bn9
from tracker.coordination.enums import PartnerKind
from tracker.platform.clock import today
from tracker.platform.errors import Refusal
from tracker.platform.languages import locale_of
from tracker.reports.addresses import to_records
from tracker.reports.building import REPORTS, Order, make
from tracker.reports.packing import pack
from tracker.reports.queries import partner_named


@click.command()
@click.argument("name", required=False)
@click.option("--list", "show_list", is_flag=True, help="which reports there are")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--client", "number", metavar="BN")
@click.option("--broker", metavar="NAME")
@click.option("--surety", metavar="NAME")
@click.option("--as-of", type=DayType(), help="YYYY-MM-DD, default today")
@click.option("--lang", type=click.Choice(["en", "fr"]), help="en unless given; in a zip, each client's own")
@click.option("--json", "as_json", is_flag=True)
def report(
    name: str | None,
    show_list: bool,
    out: Path | None,
    number: str | None,
    broker: str | None,
    surety: str | None,
    as_of: date | None,
    lang: str | None,
    as_json: bool,
) -> None:
    """Write a workbook of the whole firm, one client, one broker or one surety; `report client --out FILE.zip` writes
    one pack for each client."""
    words = lang or "en"
    with application(language=words, needs_schema=not show_list) as app, app.test_request_context(), _locale(words):
        if show_list:
            _list(as_json)
            return
        if not name or out is None:
            raise click.UsageError("say which report, and --out FILE.xlsx")
        try:
            if name == "client" and not number and out.suffix.lower() == ".zip":
                rows = pack(out, as_of=as_of or today(), made_by=_maker(), language=lang)
            else:
                rows = make(_order(name, number, broker, surety, as_of), out)
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


def _order(name: str, number: str | None, broker: str | None, surety: str | None, as_of: date | None) -> Order:
    client = by_bn9("".join(c for c in number if c.isdigit())[:9]) if number else None
    if number and client is None:
        raise Refusal("client", f"No client with the business number {number}.")
    broker_id, surety_id = _partner(PartnerKind.BROKER, broker), _partner(PartnerKind.SURETY, surety)
    return Order(name, as_of or today(), _maker(), to_records(), client.id if client else None, broker_id, surety_id)


def _partner(kind: PartnerKind, name: str | None) -> Any:
    found = partner_named(kind, name) if name else None
    if name and found is None:
        raise Refusal(kind.value, f"No {kind.value} named {name}.")
    return found


def _maker() -> str:
    """Whoever runs the command line speaks for the firm."""
    return setting("firm.name", "Tracker")
