"""Workbook, printing: paper, one page wide, headings on every page, header and footer."""

from tracker.platform.days import spoken
from tracker.workbook.layout import Canvas
from tracker.workbook.text import clean, shortened

PAPERS = {"letter": (1, 11.0, 8.5), "a4": (9, 11.69, 8.27)}  # Excel's number, long and short side in inches
MARGIN = 0.4
MAX_LINE = 250  # Excel stops at 255
MAX_BREAKS = 1023


def set_up_page(canvas: Canvas) -> None:
    """Make the sheet ready for the printer."""
    page, sheet = canvas.page, canvas.sheet
    page.set_paper(PAPERS[canvas.book.paper][0])
    page.set_margins(left=MARGIN, right=MARGIN, top=0.75, bottom=0.75)
    if sheet.landscape:
        page.set_landscape()
    if len(canvas.places) == 1:
        header = canvas.places[0].header
        page.repeat_rows(header, header)
    if canvas.breaks:
        # Excel leaves out page breaks set by hand when it fits to pages, so the scale is worked out here.
        page.set_h_pagebreaks(canvas.breaks[:MAX_BREAKS])
        page.set_print_scale(_scale(canvas))
    else:
        page.fit_to_pages(1, 1 if sheet.one_page else 0)
    if canvas.chart_end[1]:
        # Not every program counts what only a drawing covers: the frame of a chart would be cut at the last filled cell.
        filled = max((len(place.columns) for place in canvas.places), default=0)
        page.print_area(0, 0, max(canvas.row, canvas.chart_end[0]), max(canvas.chart_end[1], filled))
    page.set_header(_three(canvas.book.title, "", sheet.title))
    page.set_footer(_footer(canvas))


def _scale(canvas: Canvas) -> int:
    """Per cent of full size at which the columns in sight are one page wide."""
    long, short = PAPERS[canvas.book.paper][1:]
    room = ((long if canvas.sheet.landscape else short) - 2 * MARGIN) * 96
    needed = sum(width * 7 + 5 for number, width in canvas.widths.items() if number not in canvas.hidden)
    return max(10, min(100, int(room / max(needed, 1) * 92)))


def _footer(canvas: Canvas) -> str:
    book, words = canvas.book, canvas.words
    period = book.period or spoken(book.as_of, book.language)
    return _three(f"{book.firm} · {period}", book.confidentiality, "", f"{words.page} &P {words.of} &N")


def _three(left: str, centre: str, right: str, raw_right: str = "") -> str:
    """Left, centre and right of a header or footer; what people wrote cannot become a code of Excel's."""
    parts = [f"&L&8 {_plain(left, 110)}"]
    if centre:
        parts.append(f"&C&8 {_plain(centre, 70)}")
    parts.append(f"&R&8 {raw_right or _plain(right, 60)}")
    return "".join(parts)[:MAX_LINE]


def _plain(value: str, limit: int) -> str:
    return shortened(clean(value), limit // 2 if "&" in value else limit).replace("&", "&&")
