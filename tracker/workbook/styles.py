"""Workbook, styles: number formats by language, colours, and each cell format made once."""

from typing import Any

from tracker.workbook.parts import ICONS, MARK, Figure, Kind, Tone
from tracker.workbook.words import Words

ACCENT, ACCENT_SOFT, INK, SOFT, RULE = "#0B5C8A", "#E3EFF6", "#1B2329", "#566069", "#DDE2E6"
INKS: dict[Tone, str] = {
    "open": "#566069",
    "waiting": "#7A5200",
    "done": "#1D6B3A",
    "late": "#A5261C",
    "blocked": "#6B2A78",
    "none": "#566069",
}
FILLS: dict[Tone, str] = {
    "open": "#F6F7F8",
    "waiting": "#FBF1DC",
    "done": "#E5F3EA",
    "late": "#FBE9E7",
    "blocked": "#F5E9F7",
    "none": "#F6F7F8",
}
# What a chart's areas are painted with: dark and light in turn, so that they part on a printer without colour.
CHART_COLOURS = ("#0B5C8A", "#9CC7E0", "#566069", "#E3C27E", "#6B2A78", "#B9DEC6")
CHART_TONES: dict[Tone, str] = {
    "open": "#CFD6DB",
    "waiting": "#F2DDB0",
    "done": "#2F7D50",
    "late": "#B23A2E",
    "blocked": "#8C5199",
    "none": "#E4E8EB",
}
DARK = frozenset({"#0B5C8A", "#566069", "#6B2A78", "#2F7D50", "#B23A2E", "#8C5199"})  # a label in them is white
RIGHT: frozenset[Kind] = frozenset({"integer", "decimal", "money", "money0", "percent", "days"})
NUMERIC: frozenset[Kind] = RIGHT
DAYS: frozenset[Kind] = frozenset({"date", "datetime"})
FONT, SIZE = "Calibri", 10


def money_code(language: str, cents: bool) -> str:
    """Excel's own, locale-neutral code for Canadian dollars as that language writes them: $1,200.00, 1 200,00 $."""
    digits = "#,##0.00" if cents else "#,##0"
    code = rf"{digits}\ [$$-C0C]" if language.startswith("fr") else f"[$$-1009]{digits}"
    return f"{code};-{code}"


def number_code(kind: Kind, language: str, words: Words) -> str:
    """The number format of a kind of column; text is "@", so that nothing typed over it is reinterpreted."""
    french = language.startswith("fr")
    codes: dict[Kind, str] = {
        "plain": "General",
        "integer": "#,##0",
        "decimal": "#,##0.0",
        "days": rf'#,##0\ "{words.day}"',
        "money": money_code(language, cents=True),
        "money0": money_code(language, cents=False),
        "percent": r"0\ %" if french else "0%",
        "date": "yyyy-mm-dd",
        "datetime": "yyyy-mm-dd hh:mm",
    }
    return codes.get(kind, "@")


def difference_code(figure: Figure, language: str, words: Words) -> str:
    """A number format that says the difference with an arrow, its sign and a word."""
    base = {"percent": rf'#,##0\ "{words.points}"', "money": money_code(language, cents=True).partition(";")[0]}
    base["money0"] = money_code(language, cents=False).partition(";")[0]
    digits = base.get(figure.kind, number_code(figure.kind, language, words))
    rising = {"up": words.better, "down": words.worse}.get(figure.better, words.up)
    falling = {"up": words.worse, "down": words.better}.get(figure.better, words.down)
    return f'"▲ +"{digits}" – {rising}";"▼ −"{digits}" – {falling}";"= {words.same}"'


class Styles:
    """The formats of one workbook, each made on first use and kept: Excel allows 64,000, a report needs forty."""

    def __init__(self, book: Any, language: str, words: Words) -> None:
        self._book, self._made = book, dict[tuple[tuple[str, Any], ...], Any]()
        self.language, self.words = language, words

    def of(self, **properties: Any) -> Any:
        """The format with these properties."""
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format({"font_name": FONT, "font_size": SIZE, **properties})
        return self._made[key]

    def code(self, kind: Kind) -> str:
        """The number format of this kind in the workbook's language."""
        return number_code(kind, self.language, self.words)

    def cell(self, kind: Kind, *, strong: bool = False, upright: bool = False) -> Any:
        """A cell of a table; under an upright heading in its middle."""
        properties = self._properties(kind)
        if upright:
            properties = {name: value for name, value in properties.items() if name != "indent"} | {"align": "center"}
        return self.of(bold=True, **properties) if strong else self.of(**properties)

    def _properties(self, kind: Kind) -> dict[str, Any]:
        properties: dict[str, Any] = {"valign": "top", "num_format": self.code(kind), "bottom": 1, "bottom_color": RULE}
        if kind in RIGHT:
            properties |= {"align": "right", "indent": 1}
        if kind in DAYS:
            properties |= {"align": "left", "indent": 1}  # a day keeps away from the amount before it
        if kind in ("wrapped", "link"):
            properties["text_wrap"] = True
        if kind == "link":
            properties |= {"font_color": ACCENT, "underline": 1}
        return properties

    def marked(self, kind: Kind) -> Any:
        """A cell of a table that stands out without colour: bold, its sign in the format, so that the number stays one."""
        properties = {name: value for name, value in self._properties(kind).items() if name != "num_format"}
        code = ";".join(f'"{MARK} "{part}' for part in self.code(kind).split(";"))
        return self.of(bold=True, num_format=code, **properties)

    def header(self, kind: Kind, *, upright: bool = False) -> Any:
        """The heading of a column, lying or standing on its end."""
        if upright:
            return self.of(
                bold=True, font_color="#FFFFFF", bg_color=ACCENT, align="center", valign="vcenter", rotation=90
            )
        place: dict[str, Any] = {"align": "left"}
        if kind in RIGHT:
            place = {"align": "right", "indent": 2}  # leaves the filter's button its place
        elif kind in DAYS:
            place = {"align": "left", "indent": 1}
        return self.of(bold=True, font_color="#FFFFFF", bg_color=ACCENT, valign="vcenter", text_wrap=True, **place)

    def total(self, kind: Kind, *, upright: bool = False) -> Any:
        """A cell of the totals row."""
        code = self.code(kind) if kind in NUMERIC else "General"
        place: dict[str, Any] = {"align": "right", "indent": 1} if kind in RIGHT else {"align": "left"}
        place = {"align": "center"} if upright else place
        return self.of(bold=True, num_format=code, top=1, top_color=INK, bg_color=ACCENT_SOFT, **place)

    def line(self, *, size: int = SIZE, colour: str = INK, bold: bool = False) -> Any:
        """Words outside tables."""
        return self.of(font_size=size, font_color=colour, bold=bold, valign="vcenter")

    def tone(self, tone: Tone, *, code: str = "") -> Any:
        """What a conditional format lays over a cell: colour, and with `code` a shape before the number."""
        properties: dict[str, Any] = {"font_color": INKS[tone], "bg_color": FILLS[tone]}
        if code:
            properties["num_format"] = f'"{ICONS[tone]} "{code}'
        key = tuple(sorted({**properties, "conditional": True}.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(properties)
        return self._made[key]
