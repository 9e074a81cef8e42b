"""Desk, wording: the reminder as it is mailed, in the reader's own language, and shown before it is."""

from datetime import date
from itertools import groupby

from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from tracker.desk.reminders import Item, Recipient
from tracker.documents.wording import name_of
from tracker.platform.languages import language, locale_of
from tracker.platform.pages import day as day_words
from tracker.rulebook.book import rules_at


def letter(recipient: Recipient, *, today: date, firm: str, address: str) -> tuple[str, str]:
    """Subject and body. `address` is where the reader finds it all; empty for who has no page here."""
    with force_locale(locale_of(recipient.language)):
        count = len(recipient.items)
        subject = ngettext(
            "%(firm)s: %(num)s thing waits for you", "%(firm)s: %(num)s things wait for you", count, firm=firm
        )
        lines = [_("Hello %(name)s,", name=recipient.name), "", _("This still waits for you:"), ""]
        for client, items in groupby(recipient.items, key=lambda item: item.client):
            lines += [client, *(f"- {_line(item, today)}" for item in items), ""]
        if address:
            lines += [_("Everything is here: %(address)s", address=address), ""]
        lines += [_("If you have sent it already, you need do nothing."), "", firm, ""]
        return subject, "\n".join(lines)


def _line(item: Item, today: date) -> str:
    name = " ".join(_name(item, today).split())
    if item.due_on is None:
        return name
    if item.due_on < today:
        return _("%(name)s, was due by %(day)s", name=name, day=day_words(item.due_on))
    return _("%(name)s, by %(day)s", name=name, day=day_words(item.due_on))


def _name(item: Item, today: date) -> str:
    if item.is_document:
        return name_of(item.kind, item.title)
    kind = rules_at(today).tasks.get(item.kind or "")
    return item.title or (kind.name.in_(language()) if kind else item.kind or "")
