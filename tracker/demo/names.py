"""The demo firm, names: invented importers, people and places, and numbers whose check digit is right. Chance comes seeded."""

from collections.abc import Iterator
from random import Random

from stdnum import luhn

MATERIAL = ("Aubier", "Boreal", "Cascade", "Drumlin", "Ember", "Fjord", "Granite", "Harbour", "Isle", "Juniper", "Kestrel", "Lumen",
            "Maple", "Norland", "Orchard", "Prairie", "Quartz", "Rivière", "Summit", "Tamarack", "Umber", "Val-d'Or", "Windrow", "Zénith")  # fmt: skip
TRADE = (
    ("Toys", "95", "CN", "toys and games"), ("Steel", "72", "US", "steel bars and tubes"), ("Furniture", "94", "VN", "wooden furniture"),
    ("Foods", "21", "IT", "sauces and preserves"), ("Textiles", "62", "BD", "work clothing"), ("Lighting", "85", "CN", "LED fixtures"),
    ("Machines", "84", "DE", "packaging machines"), ("Ceramics", "69", "PT", "tiles"), ("Cycles", "87", "TW", "bicycle parts"),
    ("Instruments", "90", "JP", "measuring instruments"), ("Plastics", "39", "KR", "plastic resins"), ("Wines", "22", "FR", "wine"),
)  # fmt: skip
FORM_EN, FORM_FR = ("Ltd.", "Inc.", "Corp.", "Co."), ("inc.", "ltée")
FIRST = ("Ana", "Bruno", "Claire", "David", "Émilie", "François", "Grace", "Hao", "Inès", "Jean-Luc", "Kiran", "Léa", "Marc", "Noor",
         "Olga", "Pierre", "Qi", "Rachel", "Samuel", "Thu")  # fmt: skip
LAST = (
    "Roy",
    "Haddad",
    "Nguyen",
    "Tremblay",
    "Singh",
    "Côté",
    "Patel",
    "Lévesque",
    "Brown",
    "Müller",
    "Gagnon",
    "Li",
    "O'Brien",
    "Smith",
)
CITIES = (
    ("Montréal", "QC", "CA"), ("Toronto", "ON", "CA"), ("Vancouver", "BC", "CA"), ("Calgary", "AB", "CA"), ("Halifax", "NS", "CA"),
    ("Québec", "QC", "CA"), ("Buffalo", "NY", "US"), ("Hamburg", None, "DE"), ("Shenzhen", None, "CN"), ("Lyon", None, "FR"),
)  # fmt: skip
LONG_NAME = "Compagnie internationale d'importation d'équipements industriels et de pièces de rechange du Nord-Est ltée"


def business_numbers() -> Iterator[str]:
    """Synthetic BN9s, one after the other, each with its right check digit."""
    count = 70_000_000
    while True:
        body = f"{count:08d}"
        yield body + luhn.calc_check_digit(body)
        count += 1


def company(number: int, chance: Random) -> tuple[str, tuple[str, str, str, str]]:
    """A name nobody else in the demo has, and the trade it is in."""
    trade = TRADE[number % len(TRADE)]
    if number == 7:
        return LONG_NAME, trade
    material = MATERIAL[(number * 7 + number // len(MATERIAL)) % len(MATERIAL)]
    form = chance.choice(FORM_FR if number % 4 == 0 else FORM_EN)
    round_number = number // (len(MATERIAL) * len(TRADE))
    suffix = f" {round_number + 1}" if round_number else ""
    return f"{material} {trade[0]}{suffix} {form}", trade


def person(chance: Random) -> str:
    """Someone's name."""
    return f"{chance.choice(FIRST)} {chance.choice(LAST)}"
