"""Workbook, panels: the heading of a sheet, big numbers with last month's, and prose."""

import textwrap
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from tracker.platform.clock import TORONTO
from tracker.platform.days import at_time, spoken
from tracker.workbook.layout import Canvas
from tracker.workbook.measure import shown_length, text_width
from tracker.workbook.parts import Figure, Figures, Text
from tracker.workbook.styles import ACCENT, INK, INKS, RULE, SOFT, difference_code

LINE = 105  # characters of prose on one row
PROSE_COLUMNS = 8  # what such a row runs across


def draw_title(canvas: Canvas, *, first: bool) -> None:
    """The sheet's title and introduction; on the first sheet also as of when, by whom and when it was made."""
    canvas.say(canvas.sheet.title, size=18, bold=True)
    if first:
        canvas.say(f"{canvas.book.firm} · {canvas.book.period}" if canvas.book.period else canvas.book.firm, size=11)
        canvas.say(_origin(canvas), soft=True)
    for line in canvas.sheet.intro:
        _paragraph(canvas, line, soft=True)
    canvas.row += 1
    canvas.group_top = canvas.row


def _origin(canvas: Canvas) -> str:
    book, words = canvas.book, canvas.words
    made = book.made_at.astimezone(TORONTO)
    when = at_time(made, book.language)
    return f"{words.as_of.format(date=spoken(book.as_of, book.language))} · {words.made.format(who=book.made_by, when=when)}"


def draw_text(canvas: Canvas, text: Text) -> None:
    """Write the lines, long ones over several rows."""
    canvas.below_charts(PROSE_COLUMNS)
    if text.heading:
        canvas.say(text.heading, size=13, bold=True)
    for line in text.lines:
        _paragraph(canvas, line, soft=text.quiet)
    canvas.occupy(PROSE_COLUMNS)
    canvas.row += 1


def _paragraph(canvas: Canvas, line: str, *, soft: bool) -> None:
    for part in textwrap.wrap(line, LINE) or [""]:
        canvas.say(part, soft=soft)


def draw_figures(canvas: Canvas, figures: Figures) -> None:
    """Write the big numbers: figure, now, last month, difference."""
    canvas.below_charts(4)
    if figures.heading:
        canvas.say(figures.heading, size=13, bold=True)
    words = canvas.words
    titles = (words.figure, figures.now or words.now, figures.before or words.before, words.difference)
    canvas.raise_row(20)
    has_before = any(figure.previous is not None for figure in figures.figures)
    for number, title in enumerate(titles if has_before else titles[:2]):
        align = "left" if number == 0 else "right"
        style = canvas.styles.of(bold=True, font_color=SOFT, bottom=1, bottom_color=INK, align=align, valign="vcenter")
        canvas.cells.write(canvas.row, number, title, "text", style)
        canvas.widen(number, text_width(title) * 1.1 + 3)
    canvas.row += 1
    for figure in figures.figures:
        _figure(canvas, figure, has_before=has_before)
    canvas.occupy(4)
    canvas.row += 1


def _figure(canvas: Canvas, figure: Figure, *, has_before: bool) -> None:
    row, page = canvas.row, canvas.cells
    canvas.raise_row(22)
    base: dict[str, Any] = {"valign": "vcenter", "bottom": 1, "bottom_color": RULE}
    page.write(row, 0, figure.label, "text", canvas.styles.of(font_size=11, **base))
    code = canvas.styles.code(figure.kind)
    big = canvas.styles.of(font_size=16, bold=True, font_color=ACCENT, num_format=code, align="right", **base)
    page.write(row, 1, figure.value, figure.kind, big)
    if has_before:
        small = canvas.styles.of(font_size=11, font_color=SOFT, num_format=code, align="right", **base)
        page.write(row, 2, figure.previous, figure.kind, small)
        _difference(canvas, figure, base)
        canvas.widen(2, shown_length(figure.previous, figure.kind, canvas.book.language) * 1.2 + 2)
        canvas.widen(3, shown_length(figure.value, figure.kind, canvas.book.language) + 17)
    canvas.prompt(row, 0, figure.label, figure.note)
    canvas.widen(0, text_width(figure.label) * 1.1 + 2)
    canvas.widen(1, shown_length(figure.value, figure.kind, canvas.book.language) * 1.9 + 2)
    canvas.row += 1


def difference(figure: Figure) -> Decimal | None:
    """Now less last month, in the figure's own unit; percentages as whole points, as both are shown."""
    if figure.value is None or figure.previous is None:
        return None
    now, before = Decimal(figure.value), Decimal(figure.previous)
    if figure.kind == "percent":
        return now.to_integral_value(ROUND_FLOOR) - before.to_integral_value(ROUND_FLOOR)
    return now - before


def _difference(canvas: Canvas, figure: Figure, base: dict[str, Any]) -> None:
    change = difference(figure)
    if change is None:
        canvas.cells.write(canvas.row, 3, None, "text", canvas.styles.of(**base))
        return
    code = difference_code(figure, canvas.book.language, canvas.words)
    good = None if not change or not figure.better else (change > 0) == (figure.better == "up")
    colour = {None: SOFT, True: INKS["done"], False: INKS["late"]}[good]
    style = canvas.styles.of(font_size=11, font_color=colour, num_format=code, align="right", **base)
    kind = "integer" if figure.kind == "percent" else figure.kind
    canvas.cells.write(canvas.row, 3, change, kind, style)
