"""The demo firm, trades: what its importers bring in, how it is taxed, and in which months it comes. Plausible, invented."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

# Twelve figures, January to December, around 100: how much of a usual month is released in the period that ends then.
FLAT = (97, 95, 100, 102, 100, 101, 99, 100, 103, 102, 104, 98)
CHRISTMAS = (55, 50, 60, 70, 80, 95, 125, 165, 190, 160, 100, 50)
SPRING = (95, 150, 185, 190, 150, 100, 65, 50, 45, 50, 55, 65)
AUTUMN = (75, 70, 75, 80, 85, 95, 115, 140, 150, 140, 105, 70)


@dataclass(frozen=True, slots=True)
class Trade:
    """One line of goods: words in both languages, HS chapter, usual origins, duty on value, season, and what applies to it."""

    en: str
    fr: str
    chapter: str
    origins: tuple[str, ...]
    duty: Decimal
    season: tuple[int, ...] = FLAT
    surtax_goods: str = "none"  # steel, aluminium: as the questionnaire names them
    regulated: str = "none"
    preference: bool = False
    channels: tuple[str, ...] = ("truck", "sea")


TRADES: Mapping[str, Trade] = {
    "toys": Trade("toys and games", "jouets et jeux", "95", ("CN",), Decimal("0.01"), CHRISTMAS),
    "steel": Trade("steel bars, tubes and fasteners", "barres, tubes et attaches d'acier", "73", ("US", "KR"), Decimal(0),
                   surtax_goods="steel"),
    "furniture": Trade("wooden furniture", "meubles de bois", "94", ("VN", "MX"), Decimal("0.07"), AUTUMN),
    "garden": Trade("garden furniture and tools", "mobilier et outils de jardin", "94", ("CN", "VN"), Decimal("0.08"), SPRING),
    "foods": Trade("sauces, preserves and dry foods", "sauces, conserves et produits secs", "21", ("IT", "MX"), Decimal("0.06"),
                   regulated="food"),
    "clothing": Trade("work and outdoor clothing", "vêtements de travail et de plein air", "62", ("BD", "VN"), Decimal("0.17"), AUTUMN,
                      channels=("sea", "air")),
    "lighting": Trade("LED fixtures", "luminaires DEL", "94", ("CN",), Decimal("0.06"), channels=("sea",)),
    "machines": Trade("packaging and farm machines", "machines d'emballage et agricoles", "84", ("DE", "US"), Decimal(0),
                      preference=True),
    "ceramics": Trade("tiles and tableware", "carreaux et vaisselle", "69", ("PT", "MX"), Decimal("0.07"), preference=True),
    "cycles": Trade("bicycles and parts", "vélos et pièces", "87", ("TW", "JP"), Decimal("0.09"), SPRING, channels=("sea", "air")),
    "instruments": Trade("measuring and medical instruments", "instruments de mesure et médicaux", "90", ("JP", "DE"), Decimal(0),
                         channels=("air",)),
    "plastics": Trade("plastic resins and packaging", "résines et emballages de plastique", "39", ("KR", "US"), Decimal("0.03"),
                      preference=True),
    "wines": Trade("wines and spirits", "vins et spiritueux", "22", ("FR", "IT"), Decimal("0.02"), AUTUMN, regulated="excise"),
}  # fmt: skip
KEYS = tuple(TRADES)

# Share of the value that a surtax takes from a steel importer, by the days it was in force (dated changes since 2024: the US
# steel and aluminium surtax of 13 March 2025, narrowed on 1 September; steel derivatives of all origins from 26 December).
SURTAXES: tuple[tuple[date, date | None, Decimal], ...] = (
    (date(2025, 3, 13), date(2025, 8, 31), Decimal("0.15")),
    (date(2025, 12, 26), None, Decimal("0.04")),
)


def surtax_share(trade: Trade, first: date, last: date) -> Decimal:
    """The part of the value of goods released between two days, both included, that surtaxes take."""
    if trade.surtax_goods == "none":
        return Decimal(0)
    days = (last - first).days + 1
    total = Decimal(0)
    for begins, ends, share in SURTAXES:
        hit = (min(last, ends or last) - max(first, begins)).days + 1
        total += share * max(hit, 0) / days
    return total
