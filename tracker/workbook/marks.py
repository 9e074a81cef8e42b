"""Workbook, marks: drop-downs, and what colours a cell; every colour comes with a shape or a word."""

from typing import Any

from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from tracker.workbook.layout import Canvas, Place
from tracker.workbook.parts import ICONS, Column, Tone
from tracker.workbook.styles import ACCENT_SOFT
from tracker.workbook.text import cell_text

MAX_LIST = 255  # characters of a drop-down that stands in the sheet itself

# (condition on the cell, tone), most urgent first; percentages are fractions here.
_BANDS: dict[str, tuple[tuple[str, Tone], ...]] = {
    "coverage": (("{cell}<1", "late"), ("{cell}<{warning}", "waiting")),
    "deadline": (("{cell}<0", "late"), ("{cell}<=30", "waiting"), ("{cell}<=60", "open")),
    "shortfall": (("{cell}>0", "late"),),
}


def add_choices(canvas: Canvas, place: Place, number: int, column: Column) -> None:
    """Offer the column's choices as a drop-down; a long list stands on the hidden sheet."""
    if not column.choices:
        return
    choices = tuple(cell_text(choice) for choice in column.choices)
    source: Any = list(choices)
    if len(",".join(choices)) > MAX_LIST or any("," in choice for choice in choices):
        letter = xl_col_to_name(canvas.lists.number(choices))
        source = f"='{canvas.lists.sheet}'!${letter}$1:${letter}${len(choices)}"
    words = canvas.words
    options = {
        "validate": "list",
        "source": source,
        "error_title": words.not_listed_title,
        "error_message": words.not_listed,
    }
    canvas.page.data_validation(place.first, number, place.last, number, options)


def add_marks(canvas: Canvas, place: Place, number: int, column: Column) -> None:
    """Lay colours over the column's cells: by the shape of a status, or by what the column's marks say."""
    if column.kind == "status":
        _status(canvas, place, number)
    elif column.marks == "bar":
        _bar(canvas, place, number)
    elif column.marks:
        _bands(canvas, place, number, column)


def _status(canvas: Canvas, place: Place, number: int) -> None:
    for tone, icon in ICONS.items():
        rule = {"type": "text", "criteria": "begins with", "value": icon, "format": canvas.styles.tone(tone)}
        canvas.page.conditional_format(place.first, number, place.last, number, rule)


def _bar(canvas: Canvas, place: Place, number: int) -> None:
    rule = {
        "type": "data_bar",
        "bar_color": "#B9D7E8",
        "bar_solid": True,
        "data_bar_2010": True,
        "min_type": "num",
        "max_type": "num",
        "min_value": 0,
        "max_value": 1,
        "bar_border_color": ACCENT_SOFT,
    }
    canvas.page.conditional_format(place.first, number, place.last, number, rule)


def _bands(canvas: Canvas, place: Place, number: int, column: Column) -> None:
    """An empty cell counts as zero in a comparison, so each condition asks first whether there is a number."""
    cell = xl_rowcol_to_cell(place.first, number, col_abs=True)
    code = canvas.styles.code(column.kind).partition(";")[0]
    for condition, tone in _BANDS[column.marks]:
        shown = f'{code};"{ICONS[tone]} "-{code}' if condition.endswith("<0") else code
        rule = {
            "type": "formula",
            "criteria": f"=AND(ISNUMBER({cell}),{condition.format(cell=cell, warning=column.warning / 100)})",
            "format": canvas.styles.tone(tone, code=shown),
            "stop_if_true": True,
        }
        canvas.page.conditional_format(place.first, number, place.last, number, rule)
