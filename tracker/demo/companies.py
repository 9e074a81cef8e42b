"""The demo firm, companies: invented importers by name, trade and place. A third of them are not resident in Canada."""

from dataclasses import dataclass
from random import Random

from tracker.demo.trades import KEYS


@dataclass(frozen=True, slots=True)
class Place:
    """Where a company has its registered address."""

    city: str
    province: str | None
    country: str
    street: str
    postal: str


@dataclass(frozen=True, slots=True)
class Company:
    """An importer as registered, what it brings in, where it is, and in which language it is written to."""

    name: str
    trade: str
    place: Place
    language: str = "en"
    trade_name: str | None = None


PLACES = {
    "montreal": Place("Montréal", "QC", "CA", "rue Sherbrooke Ouest", "H3A 1B9"),
    "quebec": Place("Québec", "QC", "CA", "boulevard Charest Est", "G1K 3J3"),
    "gatineau": Place("Gatineau", "QC", "CA", "boulevard Gréber", "J8T 3R1"),
    "sherbrooke": Place("Sherbrooke", "QC", "CA", "rue King Ouest", "J1H 1P8"),
    "toronto": Place("Toronto", "ON", "CA", "Queens Quay East", "M5A 1B6"),
    "hamilton": Place("Hamilton", "ON", "CA", "Burlington Street East", "L8H 3L3"),
    "windsor": Place("Windsor", "ON", "CA", "Walker Road", "N8W 3P1"),
    "winnipeg": Place("Winnipeg", "MB", "CA", "Portage Avenue", "R3B 2B3"),
    "calgary": Place("Calgary", "AB", "CA", "Barlow Trail SE", "T2C 4M5"),
    "vancouver": Place("Vancouver", "BC", "CA", "Commissioner Street", "V5L 1A5"),
    "kelowna": Place("Kelowna", "BC", "CA", "Enterprise Way", "V1X 7K1"),
    "halifax": Place("Halifax", "NS", "CA", "Barrington Street", "B3K 5X8"),
    "moncton": Place("Moncton", "NB", "CA", "rue Main", "E1C 1B9"),
    "buffalo": Place("Buffalo", "NY", "US", "Niagara Street", "14207"),
    "cleveland": Place("Cleveland", "OH", "US", "Lakeside Avenue", "44114"),
    "portland": Place("Portland", "OR", "US", "NW Front Avenue", "97209"),
    "denver": Place("Denver", "CO", "US", "Blake Street", "80205"),
    "pittsburgh": Place("Pittsburgh", "PA", "US", "Smallman Street", "15222"),
    "boston": Place("Boston", "MA", "US", "Drydock Avenue", "02210"),
    "hamburg": Place("Hamburg", None, "DE", "Am Sandtorkai", "20457"),
    "stuttgart": Place("Stuttgart", None, "DE", "Heilbronner Straße", "70191"),
    "nagoya": Place("Nagoya", None, "JP", "Sakae", "460-0008"),
    "osaka": Place("Osaka", None, "JP", "Nanko-kita", "559-0034"),
    "leon": Place("León", None, "MX", "Bulevar Aeropuerto", "37545"),
    "guadalajara": Place("Guadalajara", None, "MX", "Avenida Vallarta", "44110"),
    "lyon": Place("Lyon", None, "FR", "quai Perrache", "69002"),
    "florence": Place("Firenze", None, "IT", "Via Pistoiese", "50145"),
    "leeds": Place("Leeds", None, "GB", "Wellington Street", "LS1 2DE"),
    "incheon": Place("Incheon", None, "KR", "Seohae-daero", "22333"),
    "ningbo": Place("Ningbo", None, "CN", "Zhongshan East Road", "315040"),
    "taichung": Place("Taichung", None, "TW", "Taiwan Boulevard", "40701"),
    "rotterdam": Place("Rotterdam", None, "NL", "Maasboulevard", "3063 NS"),
}
FRENCH = {"montreal", "quebec", "gatineau", "sherbrooke", "moncton", "lyon"}

_STEADY = (
    ("Harbourfront Toys Ltd.", "toys", "toronto"), ("Hudson Ridge Outfitters LLC", "clothing", "buffalo"),
    ("Aliments Rivière-Ouelle inc.", "foods", "quebec"), ("Falkenberg Verpackungstechnik GmbH", "machines", "hamburg"),
    ("Prairie Steel Supply Ltd.", "steel", "winnipeg"), ("Granite Bay Plastics Corp.", "plastics", "halifax"),
    ("Meubles Bécancour inc.", "furniture", "montreal"), ("Cedar & Pine Home Goods, Inc.", "furniture", "portland"),
    ("Fraser Delta Foods Corp.", "foods", "vancouver"), ("Lindner Messgeräte GmbH", "instruments", "stuttgart"),
    ("Drumlin Machine Works Inc.", "machines", "hamilton"), ("Vins et Spiritueux du Fleuve inc.", "wines", "montreal"),
    ("Great Lakes Valve Company", "steel", "cleveland"), ("Summit Cycle Imports Ltd.", "cycles", "calgary"),
    ("Aoyama Seiki Co., Ltd.", "machines", "nagoya"), ("Quarry Lane Ceramics Ltd.", "ceramics", "hamilton"),
    ("Textiles Trois-Rivières ltée", "clothing", "quebec"), ("Cerámica del Bajío, S.A. de C.V.", "ceramics", "leon"),
    ("North Shore Lighting Ltd.", "lighting", "vancouver"), ("Orchard Valley Preserves Ltd.", "foods", "kelowna"),
    ("Maison d'Aubrac S.A.S.", "wines", "lyon"), ("Tamarack Outdoor Gear Inc.", "clothing", "calgary"),
    ("Plastiques Saint-Hyacinthe inc.", "plastics", "sherbrooke"), ("Veenendaal Cycle Parts B.V.", "cycles", "rotterdam"),
    ("Confederation Fasteners Ltd.", "steel", "windsor"), ("Windrow Agricultural Parts Inc.", "machines", "winnipeg"),
    ("Blue Mesa Foods LLC", "foods", "denver"), ("Instruments Laval-Précision inc.", "instruments", "montreal"),
    ("Juniper Home Textiles Ltd.", "clothing", "toronto"), ("Kestrel Garden Furniture Inc.", "garden", "kelowna"),
    ("Compagnie internationale d'importation d'équipements industriels et de pièces de rechange du Nord-Est ltée", "machines", "gatineau"),
)  # fmt: skip
_ONBOARDING = (
    ("Harborlight Lamps Inc.", "lighting", "boston"), ("Éclairage Zénith Québec inc.", "lighting", "quebec"),
    ("Minato Toy Works K.K.", "toys", "osaka"), ("Bow River Wine Merchants Inc.", "wines", "calgary"),
    ("Muebles Sierra Alta, S.A. de C.V.", "furniture", "guadalajara"), ("Maple Junction Toys & Games Inc.", "toys", "toronto"),
    ("Pennine Outdoor Wear Ltd", "clothing", "leeds"), ("Céramiques L'Assomption inc.", "ceramics", "montreal"),
    ("Cascade Packaging Systems Inc.", "plastics", "vancouver"), ("Hanbit Polymers Co., Ltd.", "plastics", "incheon"),
    ("Vélo Cartier inc.", "cycles", "sherbrooke"), ("Ember Kitchenware Co.", "ceramics", "windsor"),
)  # fmt: skip
_TROUBLE = (
    ("Les Jouets de l'Érable ltée", "toys", "montreal"), ("Great Bear Work Clothing Ltd.", "clothing", "winnipeg"),
    ("Conserve Valdarno S.r.l.", "foods", "florence"), ("Okanagan Glass & Tile Ltd.", "ceramics", "kelowna"),
    ("Ningbo Brightstar Garden Products Co., Ltd.", "garden", "ningbo"), ("Distribution Côte-Nord ltée", "foods", "quebec"),
    ("Lumen Medical Instruments Inc.", "instruments", "toronto"), ("Ironwood Tube & Bar LLC", "steel", "pittsburgh"),
    ("Acier Val-d'Or inc.", "steel", "gatineau"), ("Redwing Auto Body Parts Inc.", "plastics", "windsor"),
)  # fmt: skip
_SPECIAL = (
    ("Two Rivers Paper Products Ltd.", "instruments", "moncton"), ("Bluenose Export Traders Ltd.", "foods", "halifax"),
    ("Équipement de jardin Montérégie inc.", "garden", "sherbrooke"), ("Peggy's Cove Garden Centre Supply Ltd.", "garden", "halifax"),
    ("Taichung Precision Cycle Co., Ltd.", "cycles", "taichung"), ("Isle Royale Seafood Importers Ltd.", "foods", "moncton"),
    ("Tallgrass Machinery Corp.", "machines", "denver"),
)  # fmt: skip


def _companies(rows: tuple[tuple[str, str, str], ...]) -> tuple[Company, ...]:
    return tuple(
        Company(
            name, trade, PLACES[place], "fr" if place in FRENCH and not name.endswith(("Ltd.", "Inc.", "Corp.")) else "en"
        )
        for name, trade, place in rows
    )  # fmt: skip


STEADY, ONBOARDING, TROUBLE, SPECIAL = map(_companies, (_STEADY, _ONBOARDING, _TROUBLE, _SPECIAL))

_FIRST = ("Aubier", "Boreal", "Cascade", "Drumlin", "Ember", "Fjord", "Granite", "Harbour", "Isle", "Juniper", "Kestrel", "Lumen",
          "Maple", "Norland", "Orchard", "Prairie", "Quartz", "Rivière", "Summit", "Tamarack", "Umber", "Val-d'Or", "Windrow", "Zénith")  # fmt: skip
_SECOND = ("Toys", "Steel", "Furniture", "Garden", "Foods", "Clothing", "Lighting", "Machines", "Ceramics", "Cycles", "Instruments",
           "Plastics", "Wines")  # fmt: skip
_FORMS_EN, _FORMS_FR = ("Ltd.", "Inc.", "Corp.", "Co."), ("inc.", "ltée")


def further(number: int, chance: Random) -> Company:
    """A company beyond those named above: a name nobody else in the demo has."""
    at = number % len(_SECOND)
    french = number % 4 == 0
    first = _FIRST[(number * 7 + number // len(_FIRST)) % len(_FIRST)]
    turn = number // (len(_FIRST) * len(_SECOND))
    name = f"{first} {_SECOND[at]}{f' {turn + 1}' if turn else ''} {chance.choice(_FORMS_FR if french else _FORMS_EN)}"
    places = sorted(PLACES)
    return Company(
        name, KEYS[at], PLACES["montreal" if french else places[number * 5 % len(places)]], "fr" if french else "en"
    )
