"""Platform money: Canadian dollars as Decimal, rounded in one place, read and written in both languages."""

import re
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext
from typing import Literal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
NBSP = "\u00a0"
MAX_WHOLE_DIGITS = 13

AmountReason = Literal["empty", "format", "decimals", "too_large"]

_BLANKS = re.compile(r"[\s\u00a0\u202f\u2009]+")
_CURRENCY = re.compile(r"^(?:CA?D?)?\$|^CAD\b|\$(?:CA)?$|\bCAD$|\bCA$", re.IGNORECASE)
_PLAIN = re.compile(r"(?P<whole>[0-9]+)(?:(?P<mark>[.,])(?P<cents>[0-9]*))?")
_COMMA_GROUPS = re.compile(r"(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+)(?:\.(?P<cents>[0-9]*))?")
_BLANK_GROUPS = re.compile(r"(?P<whole>[0-9]{1,3}(?: [0-9]{3})+)(?:[.,](?P<cents>[0-9]*))?")


class AmountError(ValueError):
    """The text is no amount in dollars and cents. `reason` is one of empty, format, decimals, too_large."""

    def __init__(self, reason: AmountReason, value: object) -> None:
        super().__init__(f"{value!r} is no amount: {reason}")
        self.reason = reason
        self.value = value


def to_cents(amount: Decimal) -> Decimal:
    """`amount` in CAD rounded half-even to the cent, never "-0.00". The only rounding of money in the program."""
    with localcontext(prec=60):
        return amount.quantize(CENT, rounding=ROUND_HALF_EVEN) + ZERO


def parse_amount(value: str | int | float | Decimal, language: str | None = None) -> Decimal:
    """The CAD amount typed as `$1,200.00`, `1 200,00 $`, `5259.00` or a number; AmountError with a reason otherwise.

    A lone comma before three digits groups thousands ("1,200"), except in French, where it would be a third decimal.
    A float comes from a workbook's cell only: it is read by its shortest decimal form, never calculated with.
    """
    if isinstance(value, bool):
        raise AmountError("format", value)
    if isinstance(value, str):
        return _parse_text(value, language or "")
    return _checked(value, Decimal(repr(value)) if isinstance(value, float) else Decimal(value))


def _parse_text(text: str, language: str) -> Decimal:
    bare = _BLANKS.sub(" ", text).strip()
    if not bare:
        raise AmountError("empty", text)
    bare, negative = _without_sign(bare)
    whole, cents = _split(text, bare, language)
    if len(cents.rstrip("0")) > 2:
        raise AmountError("decimals", text)
    amount = _checked(text, Decimal(f"{whole}.{cents or '0'}"))
    return to_cents(-amount) if negative else amount


def _without_sign(text: str) -> tuple[str, bool]:
    """The text without currency and sign; a minus or accountants' parentheses make it negative."""
    negative = False
    if text.startswith("(") and text.endswith(")"):
        text, negative = text[1:-1].strip(), True
    for _ in range(2):  # the sign stands before or after the currency
        if not negative and text[:1] in ("-", "−"):
            text, negative = text[1:].strip(), True
        text = _CURRENCY.sub("", text).strip()
    return text, negative


def _split(original: str, bare: str, language: str) -> tuple[str, str]:
    """Digits before and after the decimal mark."""
    plain = _PLAIN.fullmatch(bare)
    if plain and not _groups_thousands(plain, language):
        return plain["whole"], plain["cents"] or ""
    grouped = _COMMA_GROUPS.fullmatch(bare) or _BLANK_GROUPS.fullmatch(bare)
    if grouped is None:
        raise AmountError("format", original)
    return re.sub(r"[, ]", "", grouped["whole"]), grouped["cents"] or ""


def _groups_thousands(plain: re.Match[str], language: str) -> bool:
    if plain["mark"] != "," or language.startswith("fr"):
        return False
    return len(plain["cents"]) == 3 and len(plain["whole"]) <= 3


def _checked(value: object, amount: Decimal) -> Decimal:
    if not amount.is_finite():
        raise AmountError("format", value)
    if amount.adjusted() >= MAX_WHOLE_DIGITS:
        raise AmountError("too_large", value)
    if amount != to_cents(amount):
        raise AmountError("decimals", value)
    return to_cents(amount)


def format_money(amount: Decimal, language: str, cents: bool = True) -> str:
    """`$42,100.00` in English, `42 100,00 $` in French (no-break spaces); `cents=False` shows whole dollars."""
    with localcontext(prec=60, rounding=ROUND_HALF_UP):  # whole dollars as Excel shows them, and as people round
        shown = to_cents(amount) if cents else amount.quantize(Decimal(1)) + 0
    digits = f"{abs(shown):,f}"
    sign = "-" if shown < 0 else ""
    if language.startswith("fr"):
        return f"{sign}{digits.replace(',', NBSP).replace('.', ',')}{NBSP}$"
    return f"{sign}${digits}"
