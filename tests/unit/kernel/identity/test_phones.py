from __future__ import annotations

import pytest

from kernel.identity.phones import (
    PHONE_LETTERS,
    PHONE_SEVERAL,
    PHONE_WRONG,
    clean_phone,
    explain_phone,
    find_national,
    format_phone,
    give_example,
    is_fixed_line,
    list_calling_codes,
)
from web.parts.contacts import PHONE_REGIONS

SPELLINGS = {
    ("MX", "+525512345678"): (
        *("55 1234 5678", "5512345678", "(55) 1234-5678", "55.1234.5678", "55_1234_5678", "55\u20111234\u22125678"),
        *("+52 55 1234 5678", "+52 1 55 1234 5678", "5215512345678", "525512345678", "15512345678"),
        *("044 55 1234 5678", "045 55 1234 5678", "01 55 1234 5678", "055 1234 5678", "+52 (044) 55 1234 5678"),
        *("00 52 55 1234 5678", "0052 1 55 1234 5678", "+0052 55 1234 5678", "++52 55 1234 5678"),
        *("(+52) 55 1234 5678", "tel:+52-55-1234-5678", "tel:%2B525512345678", "Tel. 55 1234 5678", "cel: 5512345678"),
        *(
            "٥٥١٢٣٤٥٦٧٨",
            "５５ １２３４ ５６７８",
            "५५१२३४५६७८",
            "＋52 55 1234 5678",
            "5\ufe0f\u20e35\ufe0f\u20e312345678",
        ),
        *("\u200e+52 55 1234 5678\u202c", "55\u00a01234\u00a05678", "☎ 55 1234 5678", " 55/1234/5678 "),
        *("WhatsApp: 55 1234 5678", "Móvil 5512345678", "Teléfono: 55 1234 5678", "Cel. whatsapp 55 1234 5678"),
        *("55 1234 5678 (WhatsApp)", "5512345678 cel.", "55 1234 5678 (casa)", "Núm. 55 1234 5678", "nº 55 1234 5678"),
        *("https://wa.me/5215512345678", "wa.me/525512345678?text=Hola%20a%20todos", "wa.me/+525512345678"),
        *("https://api.whatsapp.com/send?phone=525512345678&text=Hola", "+52 52 55 1234 5678", "52 52 5512345678"),
        *("011 52 55 1234 5678", "whatsapp://send?phone=5215512345678"),
    ),
    ("AR", "+5491123456789"): (
        *(
            "11 2345-6789",
            "11 15 2345-6789",
            "011 15 2345 6789",
            "0 11 15 2345 6789",
            "011 2345-6789",
            "9 11 2345 6789",
        ),
        *("+54 11 2345 6789", "+54 9 11 2345 6789", "+54 011 15 2345 6789", "+54 11 15 2345 6789"),
        *("+54 9 11 15 2345 6789", "+54 9 011 15 2345 6789", "541123456789", "5491123456789", "00 54 9 11 2345 6789"),
        *("15 11 2345 6789", "+54 9 011 2345 6789", "+54 (9) 11 2345-6789", "wa.me/5491123456789"),
    ),
    ("AR", "+5493515123456"): (
        "0351 15 512-3456",
        "351 15 5123456",
        "351 5123456",
        "+54 351 512 3456",
        "+5493515123456",
    ),
    ("AR", "+5492944123456"): ("02944 15 123456", "+54 2944 15-12-3456", "294 4123456", "0294 15 412 3456"),
    ("AR", "+5492966412345"): ("02966 15 41-2345", "2966 412345", "+54 9 2966 41 2345"),
    ("BR", "+5511987654321"): (
        *("11 98765-4321", "(11) 8765-4321", "011 98765-4321", "0 15 11 98765-4321", "+55 11 8765 4321"),
        *("551187654321", "5511987654321", "+55 (11) 98765-4321"),
    ),
    ("CL", "+56987654321"): ("9 8765 4321", "09 8765 4321", "8765 4321", "+56 9 8765 4321", "56987654321"),
    ("CO", "+576012345678"): ("601 234 5678", "1 234 5678", "+57 1 234 5678", "+57 601 2345678", "571 2345678"),
    ("CO", "+573001234567"): ("300 123 4567", "03 300 1234567", "+57 300 1234567", "573001234567"),
    ("PE", "+51987654321"): (
        *("987 654 321", "01 987654321", "01 9 8765 4321", "+51 1 987 654 321", "51987654321", "+51 (0) 987654321"),
        *("0051 987 654 321", "+51 51 987654321"),
    ),
    ("PE", "+5114567890"): ("01 456 7890", "(01) 456-7890", "1 4567890", "+51 01 4567890", "511 4567890"),
    ("UY", "+59899123456"): ("099 123 456", "99 123 456", "+598 099 123 456", "59899123456", "598 099123456"),
    ("UY", "+59821234567"): ("2123 4567", "02 123 4567", "+598 2 1234567"),
    ("ES", "+34612345678"): (
        *("Tlf. 612 34 56 78", "Tfno: 612345678", "612 34 56 78 (móvil)"),
        "612 34 56 78",
        "0034 612345678",
        "34612345678",
        "+34 612-345-678",
        "+34 (0) 612 34 56 78",
    ),
    ("GB", "+447400123456"): ("07400 123456", "+44 (0) 7400 123456", "447400123456"),
    ("US", "+14155552671"): (
        *("(415) 555-2671", "1 415.555.2671", "+1 (415) 555-2671", "011 1 415 555 2671", "+1 1 415 555 2671"),
        *("Cell: 415 555 2671", "Mobile 415-555-2671", "415-555-2671 (work)", "wa.me/14155552671"),
    ),
    ("US", "+525512345678"): ("+52 1 55 1234 5678", "011 52 55 1234 5678", "0052 55 1234 5678"),
    ("MX", "+14155552671"): ("+1 415 555 2671", "001 415 555 2671", "tel:+1-415-555-2671"),
}


@pytest.mark.parametrize(
    ("country", "typed", "phone"),
    [(country, typed, phone) for (country, phone), spellings in SPELLINGS.items() for typed in spellings],
)
def test_spellings_of_one_number_are_one(country, typed, phone):
    assert clean_phone(typed, country=country) == phone


REFUSED = {
    "": PHONE_WRONG,
    "+": PHONE_WRONG,
    "12": PHONE_WRONG,
    "1234 5678": PHONE_WRONG,
    "+55 1234 5678": PHONE_WRONG,
    "55+12345678": PHONE_WRONG,
    "55 1234 5678?": PHONE_WRONG,
    "5" * 1000: PHONE_WRONG,
    "5" * 21: PHONE_WRONG,
    f"55 1234 5678{' ' * 60}99": PHONE_WRONG,
    "55 1234 5678 ext. 12": PHONE_LETTERS,
    "55 1234 5678 x12": PHONE_LETTERS,
    "55 1234 5678 extensión 12": PHONE_LETTERS,
    "55 1234 5678 #12": PHONE_LETTERS,
    "55 1234 5678,12": PHONE_LETTERS,
    "55 1234 5678*12": PHONE_LETTERS,
    "tel:+525512345678;ext=12": PHONE_LETTERS,
    "1-800-FLOWERS": PHONE_LETTERS,
    "Ana 55 1234 5678": PHONE_LETTERS,
    "Celia 55 1234 5678": PHONE_LETTERS,
    "Noé 55 1234 5678": PHONE_LETTERS,
    "WhatsApp": PHONE_LETTERS,
    "55 1234 5678 cel ext 12": PHONE_LETTERS,
    "wa.me/ana": PHONE_LETTERS,
    "https://example.com/525512345678": PHONE_LETTERS,
    "55 1234 5678 / 55 8765 4321": PHONE_SEVERAL,
}


@pytest.mark.parametrize("typed", REFUSED)
def test_what_is_no_number_is_refused_in_words(typed):
    assert (clean_phone(typed, country="MX"), explain_phone(typed)) == (None, REFUSED[typed])


@pytest.mark.parametrize("typed", ["15 2345-6789", "2345-6789", "+54 15 2345 6789"])
def test_argentina_needs_an_area_code(typed):
    assert clean_phone(typed, country="AR") is None


@pytest.mark.parametrize(
    ("typed", "phone"),
    [
        ("011 4345-6789", "+541143456789"),
        ("+54 9 11 4345 6789", "+5491143456789"),
        ("0810 555 1234", "+548105551234"),
    ],
)
def test_a_business_keeps_its_argentine_line(typed, phone):
    assert clean_phone(typed, country="AR", is_business=True) == phone


def test_a_free_argentine_number_is_no_mobile():
    assert clean_phone("0800 555 1234", country="AR") == "+548005551234"
    assert format_phone("+548005551234", "AR") == "0800-555-1234"


@pytest.mark.parametrize(
    ("phone", "country", "text"),
    [
        ("+525512345678", "MX", "55 1234 5678"),
        ("+525512345678", "CO", "+52 55 1234 5678"),
        ("+525512345678", None, "+52 55 1234 5678"),
        ("+5491123456789", "AR", "11 2345-6789"),
        ("+541143456789", "AR", "11 4345-6789"),
        ("+5491123456789", "UY", "+54 9 11 2345-6789"),
        ("+5511987654321", "BR", "(11) 98765-4321"),
        ("+34612345678", "ES", "612 34 56 78"),
        ("+12125550123", "CA", "(212) 555-0123"),
        ("call me", "MX", "call me"),
        ("", "MX", ""),
    ],
)
def test_numbers_are_written_as_at_home(phone, country, text):
    assert format_phone(phone, country) == text


@pytest.mark.parametrize("country", PHONE_REGIONS)
def test_the_example_of_a_country_is_a_number_that_is_read_and_written_alike(country):
    example = give_example(country)

    phone = clean_phone(example, country=country)
    assert phone is not None
    assert format_phone(phone, country) == example
    assert not is_fixed_line(phone)


def test_a_country_without_mobiles_has_no_example():
    assert give_example("XX") == ""


@pytest.mark.parametrize(
    ("phone", "is_fixed"),
    [
        ("+34910123456", True),
        ("+576012345678", True),
        ("+551134567890", True),
        ("+34612345678", False),
        ("+525512345678", False),
        ("+5491143456789", False),
        ("+14155552671", False),
        ("ana@example.com", False),
    ],
)
def test_fixed_lines_are_known(phone, is_fixed):
    assert is_fixed_line(phone) == is_fixed


def test_calling_codes_belong_to_their_countries():
    assert list_calling_codes(("MX", "US", "ES")) == [("MX", 52), ("US", 1), ("ES", 34)]


@pytest.mark.parametrize(
    ("phone", "digits"),
    [("+525512345678", "5512345678"), ("+5491123456789", "1123456789"), ("+34612345678", "612345678"), ("", "")],
)
def test_national_digits_have_no_prefix(phone, digits):
    assert find_national(phone) == digits
