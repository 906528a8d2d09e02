"""Two hundred spellings that staff type, and who has to be found by each: precision and recall have floors."""

from __future__ import annotations

import unicodedata
from itertools import chain

import pytest

from kernel.identity.search import Findable, keep_matching, list_keys, read_query

COUNTRY = "MX"
PEOPLE = {
    "nunez": Findable(
        ("María Fernanda Núñez", "Nissan Versa 2019"), ("NXP-482-A",), "marifer@example.com", "+525512345678", "7KQ2M8P"
    ),
    "nava": Findable(
        ("Mario Nava", "Toyota Corolla 2015"), ("YXM-821-E", "JTDBL40E799000123"), "", "+525598761234", "PT6WX9C"
    ),
    "connor": Findable(
        ("Sinéad O’Connor", "Ford F-150 2020"), ("ABC-123-D",), "sinead.oc@example.org", "+14155552671", "X2H7KM9"
    ),
    "hernandez": Findable(
        ("José Luis Hernández", "Volkswagen Jetta 2012"), ("PHP266X",), "", "+525522223333", "R8VD5NJ"
    ),
    "fernandez": Findable(
        ("Luisa Fernández", "Mazda 3 2018"), ("MLM-04-33",), "lu.fdz@example.com", "+528112340033", "K9C2X7T"
    ),
    "delao": Findable(("María de la O Ruiz", "Renault Mégane 2009"), ("ZZT-900-B",), "", "+525544556677", "D6M8F2W"),
    "garcia": Findable(
        ("Ana García-López", "Honda CR-V 2021"), ("AA-11-BB",), "ana@example.net", "+34612345678", "N5J7Q2V"
    ),
    "gonzalez": Findable(("Xóchitl González", "Chevrolet Aveo 2016"), ("TRK-55-10",), "", "+525533334444", "V7P9H2X"),
    "damico": Findable(
        ("Luca D'Amico", "Fiat 500 2014"), ("NCP81-5000001",), "luca@example.com", "+5491123456789", "J2W6K8R"
    ),
    "mcdonald": Findable(("Ronald McDonald", "Jeep Wrangler 2011"), ("JKL-777-Z",), "", "+525510002000", "F8T2N6D"),
    "soren": Findable(
        ("Søren Łukasz Strauß", "Škoda Octavia 2017"), ("1234 BCD",), "soren@example.com", "+34699887766", "C7X2V9K"
    ),
    "ivan": Findable(("Иван Петров", "Lada Niva 1999"), ("QWE-12-34",), "", "+525577778888", "M2R7T6H"),
    "perez": Findable(
        ("Guadalupe Pérez Jiménez", "Kia Rio 2022"), ("RIO-22-22",), "lupita@example.com", "+525566667777", "W9D2J5N"
    ),
    "emoji": Findable(("🚗🚗", ""), (), "", "+525500001111", "H6F8C2P"),
    "short": Findable(("Li Wu", "BMW X5 2023"), ("LWU-1-A",), "", "+525590908080", "T2K8M7X"),
    "old": Findable(("Beatriz Valdés", "Seat Ibiza 2008"), ("VLD-08-08",), "", "+525512129898", "AB5G7Z"),
}
FOUND_BY = {
    "nunez": (
        *(
            "Núñez",
            "nunez",
            "NUÑEZ",
            "Nuñez",
            "NÚÑEZ",
            unicodedata.normalize("NFD", "Núñez"),
            "nuñes",
            "nunes",
            "numez",
        ),
        *(
            "maria fernanda",
            "María Fernanda Núñez",
            "nunez maria",
            "fernanda núñez",
            "mariafernanda",
            "MARIA  FERNANDA",
        ),
        *(
            "fernan",
            "fernada",
            "fernnanda",
            "fenranda",
            "nuñ",
            "mar fer nu",
            "maria-fernanda",
            "nunez versa",
            "versa 2019",
        ),
        *("5512345678", "55 1234 5678", "55-1234-5678", "(55) 1234 5678", "+52 55 1234 5678", "+52 1 55 1234 5678"),
        *(
            "5215512345678",
            "044 55 1234 5678",
            "01 55 1234 5678",
            "0052 55 1234 5678",
            "1234 5678",
            "345678",
        ),
        *("5678", "55 1234", "nunez 5678", "٥٥١٢٣٤٥٦٧٨"),
        *("NXP-482-A", "nxp482a", "nxp 482 a", "NXP482", "482a", "nxp", "n x p 4 8 2 a", "NXP 4B2 A", "nxp.482.a"),
        *("7KQ2M8P", "7kq2m8p", "7kq 2m8p", "7KO2M8P", "7KQ2MBP", " 7kq2-m8p ", "7kq2"),
        *("marifer", "marifer@example.com", "MARIFER@EXAMPLE.COM"),
    ),
    "nava": (
        *(
            "mario",
            "Mario Nava",
            "nava mario",
            "mari nav",
            "maroi nava",
            "mraio",
            "YXM-821-E",
            "yxm821e",
            "821e",
            "yxm 821",
        ),
        *(
            "JTDBL40E799000123",
            "jtdbl40e799000123",
            "JTDBL 40E799 000123",
            "000123",
            "9000123",
            "JTDBL40",
            "JTDBL4OE799OOO123",
        ),
        *("55 9876 1234", "98761234", "toyota corolla", "corola", "corollla", "mario corolla", "pt6wx9c", "PT6 WX9C"),
    ),
    "connor": (
        *(
            "O'Connor",
            "O’Connor",
            "OConnor",
            "o connor",
            "O´CONNOR",
            "oconnor sinead",
            "sinead",
            "Sinéad",
            "connor",
            "conor",
        ),
        *("oconor", "ocnonor", "f150", "f-150", "F 150", "abc-123-d", "ABC123D", "abc 123 d", "123d", "x2h7km9"),
        *(
            "+1 415 555 2671",
            "415 555 2671",
            "(415) 555-2671",
            "2671",
            "001 415 555 2671",
            "sinead.oc@example.org",
            "sinead oc",
        ),
    ),
    "hernandez": (
        *(
            "hernandez",
            "Hernández",
            "jose luis",
            "José Luis Hernández",
            "luis jose",
            "herandez",
            "hernadnez",
            "hernanddez",
        ),
        *(
            "Hernandes",
            "55 2222 3333",
            "5522223333",
            "22223333",
            "PHP266X",
            "php-266-x",
            "PHP 266X",
            "php266",
            "266x",
            "joseluis",
        ),
        *("jetta 2012", "jeta", "volkswagen hernandez", "r8vd5nj"),
    ),
    "fernandez": (
        "Fernández",
        "luisa fernandez",
        "fernandes",
        "mlm0433",
        "MLM-04-33",
        "lu.fdz@example.com",
        "81 1234 0033",
        "0033",
    ),
    "delao": (
        "de la O",
        "dela o",
        "delao",
        "maria de la o",
        "ruiz maria",
        "ruis",
        "megane",
        "Mégane",
        "megnae",
        "ZZT900B",
        "6677",
    ),
    "garcia": (
        *(
            "García-López",
            "garcia lopez",
            "GarciaLopez",
            "lopez garcia",
            "lopes",
            "ana garcia",
            "crv",
            "CR-V",
            "cr v",
            "AA11BB",
        ),
        *("612 34 56 78", "+34 612 345 678", "0034612345678", "garsia", "grcia lopez", "ana@example.net"),
    ),
    "gonzalez": (
        "gonzalez",
        "Gonzales",
        "GONSALEZ",
        "gonzález xochitl",
        "xochitl",
        "xochilt",
        "gonzalz",
        "trk5510",
        "3334444",
    ),
    "damico": (
        *(
            "d'amico",
            "damico",
            "D’Amico",
            "d amico",
            "amico",
            "amioc",
            "fiat 500",
            "NCP81-5000001",
            "ncp81 5000001",
            "5000001",
        ),
        *("+54 11 2345 6789", "+54 9 11 2345 6789", "11 2345-6789", "2345-6789"),
    ),
    "mcdonald": (
        "mcdonald",
        "Mc Donald",
        "mc donald ronald",
        "macdonald",
        "mcdonlad",
        "jkl777z",
        "wrangler ronald",
    ),
    "soren": (
        "soren",
        "Søren",
        "lukasz",
        "Łukasz",
        "strauss",
        "STRAUSS",
        "skoda",
        "Škoda",
        "1234bcd",
        "1234-BCD",
        "bcd 1234",
    ),
    "ivan": ("Иван", "иван петров", "ПЕТРОВ", "петорв", "niva"),
    "perez": (
        "guadalupe",
        "Pérez Jiménez",
        "perez gimenez",
        "jimenez perez",
        "guadalpue",
        "gudalupe",
        "lupita",
        "w9d2j5n",
    ),
    "emoji": ("🚗", "🚗🚗", "h6f8c2p"),
    "short": ("li wu", "wu", "Wu Li", "x5", "bmw x5", "lwu1a"),
    "old": ("AB5G7Z", "ab5g7z", "ABSG7Z", "A85G7Z", "valdés", "baldes", "vldés", "beatris"),
}
"""What is typed, by whom it means; most are of one person only."""
NOBODY = (
    "zzyzx",
    "%",
    "_",
    "%%",
    "'",
    '"',
    "\\",
    "; DROP TABLE",
    "xq",
    "999999",
    "maria zzyzx",
    "--",
    "\u202e",
    " ",
    "",
    "2031",
)
KEYS = {name: set(list_keys(person)) for name, person in PEOPLE.items()}


def find(typed, *, country=COUNTRY):
    """As the selector: exactly, else with one mistake in a word."""
    words = read_query(typed, country=country)
    if not words:
        return set()
    exact = {name for name, keys in KEYS.items() if all(keys & set(word.exact) for word in words)}
    return exact or {name for name, keys in KEYS.items() if all(keys & set(word.similar) for word in words)}


ALL = [(typed, name) for name, spellings in FOUND_BY.items() for typed in spellings]


@pytest.mark.parametrize(("typed", "name"), ALL)
def test_a_spelling_finds_its_person(typed, name):
    assert name in find(typed)


def test_two_hundred_spellings_find_little_else():
    found = {typed: find(typed) for typed, _ in ALL}

    assert len(ALL) >= 200
    assert len([typed for typed, name in ALL if name in found[typed]]) / len(ALL) == 1
    assert len(ALL) / len(list(chain.from_iterable(found[typed] for typed, _ in ALL))) >= 0.95
    assert {typed: names for typed, names in found.items() if len(names) > 3} == {}


@pytest.mark.parametrize("typed", NOBODY)
def test_what_nobody_has_finds_nobody(typed):
    assert find(typed) == set()


def test_words_narrow_each_other():
    assert find("maria") == {"nunez", "delao"}
    assert find("maria ruiz") == {"delao"}
    assert find("maria 5678") == {"nunez"}


@pytest.mark.parametrize(
    "typed",
    ["m", "9", "ж", "a" * 10_000, "maria " * 2_000, "1" * 10_000, "😀" * 50, "שלום עולם", "مرحبا", "\x00", "a'b\"c"],
)
def test_anything_can_be_typed(typed):
    words = read_query(typed, country=COUNTRY)

    assert len(words) <= 8
    assert all(-(2**31) <= key < 2**31 for word in words for key in word.similar)
    assert sum(len(word.similar) for word in words) < 1000


def test_a_document_has_an_end():
    endless = Findable(
        texts=(" ".join("abcdefghij"[: each % 10 + 1] for each in range(60)), "x" * 160),
        marks=("A1" * 40,),
        email=f"{'b' * 64}@{'c' * 180}.example",
        phone="+525512345678",
        reference="X" * 12,
    )

    assert len(list_keys(endless)) < 1500


def test_an_argentine_number_is_found_as_it_is_written_there():
    assert "damico" in find("011 15 2345-6789", country="AR")
    assert "damico" in find("11 2345", country="AR")


def test_few_rows_are_searched_without_an_index():
    def keep(typed):
        return keep_matching(list(PEOPLE), typed, country=COUNTRY, describe=PEOPLE.__getitem__)

    assert keep("fernandez") == ["fernandez"]
    assert keep("gernandez") == ["hernandez", "fernandez"]
    assert keep("") == keep("zzyzx") == []


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("maría de los ángeles", "Ma. de los Ángeles Peña"),
        ("ma de los angeles", "María de los Ángeles Peña"),
        ("guadalupe hernández", "Gpe. Hdz."),
        ("gpe hdz", "Guadalupe Hernández"),
        ("fco javier", "Francisco Javier Ruiz"),
    ],
)
def test_abbreviated_names_are_found_by_whole_ones_and_the_other_way_round(typed, name):
    found = keep_matching([name, "Pedro Luna"], typed, country="MX", describe=lambda each: Findable(texts=(each,)))

    assert found == [name]


@pytest.mark.parametrize("typed", ["15 2345-6789", "015 2345 6789", "2345-6789", "011 15 2345 6789"])
def test_argentine_number_is_found_as_it_is_dialed_in_town(typed):
    found = keep_matching(["+5491123456789"], typed, country="AR", describe=lambda each: Findable(phone=each))

    assert found == ["+5491123456789"]
