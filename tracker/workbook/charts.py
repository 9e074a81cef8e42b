"""Workbook, charts: drawn from the cells of a table, so that they change with them."""

import math
from typing import Any

from tracker.workbook.layout import MAX_COLUMNS, Canvas, Place
from tracker.workbook.parts import Chart, Series
from tracker.workbook.styles import CHART_COLOURS, CHART_TONES, DARK, FONT, INK, RULE, SOFT
from tracker.workbook.text import clean

ROW_PIXELS = 20
COLUMN_PIXELS = 64  # of a column nobody has widened
ROW_POINTS, PIXELS_PER_POINT = 15.0, 96 / 72
MARKERS = ("circle", "square", "diamond", "triangle")
_LABEL = {"integer": "#,##0;;"}  # money is read off the axis: its labels would not fit
_TYPES: dict[str, dict[str, str]] = {
    "column": {"type": "column"},
    "bar": {"type": "bar"},
    "stacked_bar": {"type": "bar", "subtype": "stacked"},
    "stacked_column": {"type": "column", "subtype": "stacked"},
    "line": {"type": "line"},
}


def reserve(canvas: Canvas, chart: Chart) -> tuple[int, int]:
    """Keep room for the chart: the cell of its upper left corner."""
    if chart.place == "right":
        row, column = max(canvas.right_row, canvas.group_top), canvas.right_column + 1
        canvas.right_row = _row_after(canvas, row, chart.height * ROW_PIXELS) + 1
        last = column + math.ceil(chart.width / COLUMN_PIXELS)
        canvas.chart_end = (max(canvas.chart_end[0], canvas.right_row), max(canvas.chart_end[1], last))
        return row, column
    canvas.below_charts(MAX_COLUMNS)
    corner = (canvas.row, 0)
    canvas.row = _row_after(canvas, canvas.row, chart.height * ROW_PIXELS) + 1
    canvas.chart_end = (max(canvas.chart_end[0], canvas.row), max(canvas.chart_end[1], _columns_under(canvas, chart)))
    return corner


def _columns_under(canvas: Canvas, chart: Chart) -> int:
    """How many columns a chart at the left edge covers, as wide as they are so far."""
    pixels, column = float(chart.width), 0
    while pixels > 0:
        width = canvas.widths.get(column)
        pixels -= COLUMN_PIXELS if width is None else width * 7 + 5
        column += 1
    return column


def _row_after(canvas: Canvas, row: int, pixels: float) -> int:
    """The first row that lies wholly below a thing this high that begins at `row`."""
    while pixels > 0:
        pixels -= canvas.heights.get(row, ROW_POINTS) * PIXELS_PER_POINT
        row += 1
    return row


def draw_chart(book: Any, canvas: Canvas, chart: Chart, corner: tuple[int, int], place: Place) -> None:
    """Draw the chart of the table at `place`; an empty table has none, and is not left a blank frame."""
    drawn = book.add_chart(_TYPES[chart.kind])
    for number, wanted in enumerate(chart.series):
        series = Series(wanted) if isinstance(wanted, str) else wanted
        drawn.add_series(_series(chart, series, number, place))
    _dress(canvas, drawn, chart, place)
    options = {"description": clean(chart.title), "object_position": 2}
    canvas.page.insert_chart(*corner, drawn, options)


def _series(chart: Chart, series: Series, number: int, place: Place) -> dict[str, Any]:
    values, names = place.index(series.key), place.index(chart.categories)
    colour = CHART_TONES[series.tone] if series.tone else CHART_COLOURS[number % len(CHART_COLOURS)]
    options: dict[str, Any] = {
        "name": [place.sheet, place.header, values],
        "categories": [place.sheet, place.first, names, place.last, names],
        "values": [place.sheet, place.first, values, place.last, values],
    }
    if chart.kind == "line":
        shape = MARKERS[number % len(MARKERS)]
        marker = {"type": shape, "size": 6, "fill": {"color": colour}, "border": {"color": colour}}
        return {**options, "line": {"color": colour, "width": 2.25}, "marker": marker}
    stacked = chart.kind.startswith("stacked")
    overlap = {"overlap": 100} if stacked else {}
    labels = _labels(colour, inside=stacked, code=_LABEL.get(place.columns[values].kind, ""))
    return {
        **options,
        "fill": {"color": colour},
        "border": {"color": INK, "width": 0.5},
        "gap": 60,
        **overlap,
        **labels,
    }


def _labels(colour: str, *, inside: bool, code: str) -> dict[str, Any]:
    """The number on its bar, so that nobody has to measure; nought is left out."""
    if not code:
        return {}
    font = {"name": FONT, "size": 8, "color": "#FFFFFF" if inside and colour in DARK else INK}
    place = "center" if inside else "outside_end"
    return {"data_labels": {"value": True, "position": place, "font": font, "num_format": code}}


def _dress(canvas: Canvas, drawn: Any, chart: Chart, place: Place) -> None:
    """Title, axes in the format of the values, thin lines; the first category on top where bars lie."""
    font = {"name": FONT, "size": 9, "color": SOFT}
    title_font = {"name": FONT, "size": 12, "bold": True, "color": INK}
    drawn.set_title({"name": clean(chart.title), "name_font": title_font, "overlay": False})
    first = chart.series[0]
    kind = place.columns[place.index(first if isinstance(first, str) else first.key)].kind
    code = canvas.styles.code("money0" if kind == "money" else kind)
    quiet = {"num_font": font, "line": {"none": True}, "major_gridlines": {"visible": True, "line": {"color": RULE}}}
    values = {**quiet, "num_format": code, "min": 0 if kind == "percent" else None}
    lying = chart.kind.endswith("bar")
    names = {"num_font": font, "line": {"color": RULE}, "reverse": lying}
    if lying:
        values["label_position"] = "high"  # the reversed axis would put its numbers on top
    drawn.set_x_axis(values if lying else names)
    drawn.set_y_axis(names if lying else values)
    drawn.set_legend({"none": True} if len(chart.series) == 1 else {"position": "bottom", "font": font})
    drawn.set_size({"width": chart.width, "height": chart.height * ROW_PIXELS})
    drawn.set_chartarea({"border": {"color": RULE}})
