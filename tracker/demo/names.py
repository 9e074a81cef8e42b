"""The demo firm, names: invented people, and numbers whose check digit is right. Chance comes seeded."""

from collections.abc import Iterator
from random import Random

from stdnum import luhn

# By language of the company: first and last names as its people may have them.
NAMES = {
    "CA": (("Grace", "Kiran", "Noor", "Rachel", "Samuel", "Owen", "Priyanka", "Devon", "Hannah", "Wei", "Tomasz", "Adaeze"),
           ("Nguyen", "Singh", "Patel", "Brown", "O'Brien", "MacDonald", "Chen", "Kowalski", "Osei", "Campbell", "Friesen", "Whitecloud")),
    "fr": (("Claire", "Émilie", "François", "Inès", "Jean-Luc", "Léa", "Marc", "Pierre", "Geneviève", "Mathieu", "Thuy", "Anne-Marie"),
           ("Roy", "Tremblay", "Côté", "Lévesque", "Gagnon", "Bélanger", "Haddad", "Dion", "Ouellet", "Beauchemin", "Thériault", "L'Écuyer")),
    "US": (("Megan", "Tyler", "Carlos", "Denise", "Brandon", "Keisha", "Laura", "Greg"),
           ("Johnson", "Ramirez", "Miller", "Washington", "Novak", "Clark", "DiMarco", "Peterson")),
    "DE": (("Anke", "Jürgen", "Katrin", "Stefan"), ("Müller", "Brandt", "Weiß", "Schäfer")),
    "JP": (("Haruka", "Kenji", "Naoko", "Daisuke"), ("Tanaka", "Mori", "Fujimoto", "Sato")),
    "MX": (("Lucía", "Alejandro", "Ximena", "Raúl"), ("Hernández", "Ortega", "Núñez", "Salinas")),
    "IT": (("Giulia", "Paolo", "Chiara", "Luca"), ("Bianchi", "Ferri", "Landi", "Conti")),
    "GB": (("Fiona", "Alistair", "Nisha", "Giles"), ("Hargreaves", "Booth", "Shah", "Whitaker")),
    "KR": (("Ji-woo", "Min-jun", "Seo-yeon", "Hyun"), ("Kim", "Park", "Choi", "Jung")),
    "CN": (("Li", "Xiaoming", "Yan", "Jun"), ("Zhou", "Wang", "Fang", "Xu")),
    "TW": (("Yi-chen", "Chih-hao", "Mei-ling", "Wen"), ("Lin", "Huang", "Tsai", "Wu")),
    "NL": (("Sanne", "Bram", "Femke", "Joost"), ("de Vries", "Visser", "van Dijk", "Bakker")),
}  # fmt: skip
STEP, ROOM = 7_654_321, 10_000_000  # without a common factor: every number comes once before the first comes again


def business_numbers(seed: int) -> Iterator[str]:
    """Invented BN9s, each with its right check digit. They begin with 6, which no number seen in federal orders does."""
    count = seed * 1_234_577 % ROOM
    while True:
        body = f"6{count:07d}"
        yield body + luhn.calc_check_digit(body)
        count = (count + STEP) % ROOM


def people(count: int, country: str, language: str, chance: Random) -> list[str]:
    """So many different people's names, as a company of this country and language may have them."""
    first, last = NAMES["fr" if language == "fr" else country if country in NAMES else "CA"]
    return [f"{a} {b}" for a, b in zip(chance.sample(first, count), chance.sample(last, count), strict=True)]
