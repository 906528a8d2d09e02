from __future__ import annotations

from datetime import date, time

import pytest
from django.core.exceptions import ValidationError

from web.parts.contacts import ContactForm, EmailField, PhoneField
from web.parts.fields import (
    ChoicesField,
    DateField,
    IdField,
    IdsField,
    LengthField,
    MoneyField,
    NumberField,
    SpanField,
    SwitchField,
    TextField,
    TimeField,
    format_amount,
    read_length,
)

pytestmark = pytest.mark.usefixtures("workshop")


def refuse(field, value) -> list[str]:
    with pytest.raises(ValidationError) as refusal:
        field.clean(value)
    return refusal.value.messages


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("  Ana   Téllez ", "Ana Téllez"), ("Ana\u200b", "Ana"), ("\u202e", ""), ("", ""), (None, "")],
)
def test_a_line_has_single_spaces_and_nothing_invisible(typed, kept):
    assert TextField(max_length=20, required=False).clean(typed) == kept


def test_several_lines_stay_several():
    assert TextField(max_length=40, rows=3).clean(" uno\r\n  dos ") == "uno\n  dos"


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("", "Completa este campo."),
        ("\u200b", "Completa este campo."),
        ("Ana\x07", "Hay caracteres que no se pueden usar."),
        ("Ana\nTéllez", "Hay caracteres que no se pueden usar."),
        ("x" * 21, "Máximo 20 caracteres."),
    ],
)
def test_a_line_says_what_is_wrong(typed, text):
    assert refuse(TextField(max_length=20), typed) == [text]


@pytest.mark.parametrize(
    ("country", "currency", "typed", "minor"),
    [
        ("MX", "MXN", "850", 85000),
        ("MX", "MXN", " 2,400 ", 240000),
        ("MX", "MXN", "2,400.5", 240050),
        ("MX", "MXN", "2400.50", 240050),
        ("MX", "MXN", "0", 0),
        ("CO", "COP", "2.400", 240000),
        ("CO", "COP", "2.400,50", 240050),
        ("CO", "COP", "2400.50", 240050),
        ("CL", "CLP", "45.000", 45000),
        ("CL", "CLP", "45,00", 45),
        ("KW", "KWD", "1,250", 1250),
        ("ES", "EUR", "1.234,56", 123456),
        ("MX", "MXN", "", None),
    ],
)
def test_an_amount_is_read_as_its_country_writes_it(business, country, currency, typed, minor):
    with business(country, currency):
        assert MoneyField(required=False).clean(typed) == minor


@pytest.mark.parametrize(
    ("currency", "typed", "text"),
    [
        ("MXN", "abc", "Escribe una cantidad, por ejemplo 2,400.50."),
        ("MXN", "-5", "Escribe una cantidad, por ejemplo 2,400.50."),
        ("MXN", "1e5", "Escribe una cantidad, por ejemplo 2,400.50."),
        ("MXN", "NaN", "Escribe una cantidad, por ejemplo 2,400.50."),
        ("MXN", "2,4", "Escribe una cantidad, por ejemplo 2,400.50."),
        ("MXN", "2400.505", "Tiene demasiados decimales. Escribe una cantidad como 2,400.50."),
        ("MXN", "1.000", "Tiene demasiados decimales. Escribe una cantidad como 2,400.50."),
        ("MXN", "1,000.000", "Tiene demasiados decimales. Escribe una cantidad como 2,400.50."),
        ("CLP", "45.000", "Tiene demasiados decimales. Escribe una cantidad como 2,400."),
        ("CLP", "850.5", "Tiene demasiados decimales. Escribe una cantidad como 2,400."),
        ("MXN", "9" * 30, "Máximo 10,000,000,000."),
        ("MXN", "", "Completa este campo."),
    ],
)
def test_an_amount_says_what_is_wrong(business, currency, typed, text):
    with business("MX", currency):
        assert refuse(MoneyField(), typed) == [text]


@pytest.mark.parametrize(("minor", "shown"), [(85000, "850"), (240050, "2,400.50"), (0, "0"), (5, "0.05")])
def test_an_amount_is_shown_as_it_is_typed(minor, shown):
    assert (format_amount(minor), MoneyField().clean(shown)) == (shown, minor)


@pytest.mark.parametrize(
    ("minutes", "parts"),
    [
        (None, ["", "hours"]),
        (0, ["0", "hours"]),
        (45, ["45", "minutes"]),
        (120, ["2", "hours"]),
        (90, ["90", "minutes"]),
        (2880, ["2", "days"]),
    ],
)
def test_a_span_is_shown_in_its_largest_whole_unit(minutes, parts):
    field = SpanField(max_minutes=525_600, required=False)

    assert (field.widget.decompress(minutes), field.clean(parts)) == (parts, minutes)


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        (["x", "hours"], "Escribe un número, solo con cifras."),
        (["1.5", "hours"], "Escribe un número, solo con cifras."),
        (["-1", "hours"], "Escribe un número, solo con cifras."),
        (["1", "weeks"], "Escribe un número, solo con cifras."),
        (["366", "days"], "Máximo 365 días."),
        (["9" * 5000, "minutes"], "Máximo 365 días."),
        (["", "hours"], "Completa este campo."),
    ],
)
def test_a_span_says_what_is_wrong(typed, text):
    assert refuse(SpanField(max_minutes=525_600), typed) == [text]


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("abc", "Escribe un número, solo con cifras."),
        ("0", "Mínimo 1."),
        ("100000", "Máximo 1440."),
        ("", "Completa este campo."),
    ],
)
def test_a_number_says_its_limits(typed, text):
    assert refuse(NumberField(min_value=1, max_value=1440), typed) == [text]


def test_choices_come_back_frozen_and_in_their_order():
    field = ChoicesField(choices=[("leave", "Deja"), ("wait", "Espera"), ("tow", "Grúa")], required=False)

    assert (field.clean(["tow", "leave"]), field.clean([])) == (("leave", "tow"), ())
    assert refuse(field, ["boat"]) == ["Elige una de las opciones."]


def test_rows_are_chosen_by_their_ids():
    assert IdField(choices=[(7, "Eva")]).clean("7") == 7
    assert IdField(choices=[("", "–"), (7, "Eva")], required=False).clean("") is None
    assert IdsField(choices=[(7, "Eva"), (8, "Ana")]).clean(["8", "7"]) == [8, 7]
    assert refuse(IdField(choices=[(7, "Eva")]), "8") == ["Elige una de las opciones."]


def test_a_switch_that_is_off_is_an_answer():
    assert (SwitchField().clean(None), SwitchField().clean("on")) == (False, True)


@pytest.mark.parametrize(
    ("typed", "phone"),
    [(["MX", "55 1234 5678"], "+525512345678"), (["US", "(212) 555-0123"], "+12125550123"), (["MX", ""], "")],
)
def test_a_phone_number_is_read_in_its_country(typed, phone):
    assert PhoneField(required=False).clean(typed) == phone


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        (["MX", "55 12"], "Escribe un número de 10 dígitos, por ejemplo 55 1234 5678."),
        (["MX", "+99 12"], "Este número de teléfono no es válido. Incluye el código de área, o el del país con +."),
        (["MX", "55 1234 5678 ext. 12"], "Escribe el teléfono con números, sin letras y sin extensión."),
        (["MX", "+52 55 1234 5678,12"], "Escribe el teléfono con números, sin letras y sin extensión."),
        (["US", "1-800-FLOWERS"], "Escribe el teléfono con números, sin letras y sin extensión."),
        (["MX", "Ana 55 1234 5678"], "Escribe el teléfono con números, sin letras y sin extensión."),
        (["MX", "5" * 1000], "Escribe un número de 10 dígitos, por ejemplo 55 1234 5678."),
        (["AR", "15 2345 6789"], "Escribe el código de área sin 0 y el número sin 15, por ejemplo 11 2345-6789."),
        (["UY", "12"], "Escribe un número de 9 dígitos, por ejemplo 094 231 234."),
        (["XX", "55 12"], "Escribe un número de 10 dígitos, por ejemplo 55 1234 5678."),
    ],
)
def test_a_phone_number_says_what_is_wrong(typed, text):
    assert refuse(PhoneField(), typed) == [text]


def test_an_address_is_in_lower_case():
    assert EmailField().clean(" Ana@Example.COM ") == "ana@example.com"
    assert refuse(EmailField(), "ana@") == ["Escribe un correo como nombre@ejemplo.com."]


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"name": "Ana", "phone": "5512345678", "phone_region": "MX"}, {}),
        ({"name": "Ana", "email": "ana@example.com"}, {}),
        ({"name": "Ana"}, {"phone": ["Escribe un teléfono o un correo."]}),
        ({"phone": "55", "phone_region": "MX"}, {"name", "phone"}),
        ({"name": "x" * 121, "email": "ana@example.com"}, {"name": ["El nombre puede tener máximo 120 caracteres."]}),
    ],
)
def test_a_contact_needs_a_name_and_one_way_to_reach_it(typed, errors):
    form = ContactForm(typed)

    assert (set(form.errors) if isinstance(errors, set) else dict(form.errors)) == errors


def test_a_date_and_a_time_are_read_in_one_form():
    assert (DateField().clean(" 2028-02-29 "), DateField(required=False).clean("")) == (date(2028, 2, 29), None)
    assert (TimeField().clean("09:05"), TimeField(required=False).clean(None)) == (time(9, 5), None)
    assert [refuse(DateField(), each) for each in ("", "29/02/2028", "2026-02-30", "1999-12-31")] == [
        ["Completa este campo."],
        ["Escribe la fecha así: 2026-12-01."],
        ["Escribe la fecha así: 2026-12-01."],
        ["Elige una fecha de este siglo."],
    ]
    assert [refuse(TimeField(), each) for each in ("", "24:00", "9:00 a.m.")] == [
        ["Completa este campo."],
        ["Escribe la hora así: 09:30."],
        ["Escribe la hora así: 09:30."],
    ]


def test_a_pasted_text_keeps_its_lines_and_a_line_has_none():
    assert TextField(max_length=50, rows=3).clean("uno\u2028dos\x0btres\rcuatro") == "uno\ndos\ntres\ncuatro"
    assert refuse(TextField(max_length=50), "uno\u2028dos") == ["Hay caracteres que no se pueden usar."]


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("90", 90), (" 90 ", 90), ("0", 0), ("90 min", 90), ("90min.", 90), ("45'", 45), ("90 minutos", 90),
        ("1 h", 60), ("1h", 60), ("2 horas", 120), ("1 hora", 60), ("3 hrs", 180), ("1 H 15 MIN", 75),
        ("1 h 15 min", 75), ("1\u00a0h\u00a015\u00a0min", 75), ("1h15", 75),
        ("1 h 15", 75), ("1 hora y 15 minutos", 75), ("1 hour and 15 minutes", 75),
        ("1:15", 75), ("0:45", 45), ("1:15 h", 75), ("24:00", 1440), ("1.5 h", 90), ("1,5 h", 90), ("1,25 h", 75),
        ("0.1 h", 6), ("", None), ("h", None), ("min", None), ("1 x", None), ("-5", None), ("-1 h", None),
        ("1:5", None), ("1:75", None), ("1:15:00", None), ("1.33 h", None), ("1,5", None), ("1 h 90 min", None),
        ("1,5 h 10 min", None), ("1 hora y", None),
        ("1 min 2 h", None), ("1 h 2 h", None), ("1 5", None), ("\u0661 h", None), ("1e3", None), ("y 5", None),
        ("9" * 5000 + " h", None),
    ],
)  # fmt: skip
def test_a_length_is_read_as_people_write_it(typed, minutes):
    assert read_length(typed) == minutes


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("un rato", "Escribe minutos, u horas y minutos: 75, 1:15 o 1 h 15 min."),
        ("1.33 h", "Escribe minutos, u horas y minutos: 75, 1:15 o 1 h 15 min."),
        ("9" * 5000, "Escribe minutos, u horas y minutos: 75, 1:15 o 1 h 15 min."),
        ("0 h", "Mínimo 1."),
        ("0", "Mínimo 1."),
        ("25 h", "Máximo 1440."),
        ("", "Completa este campo."),
    ],
)
def test_a_length_says_what_is_wrong(typed, text):
    assert refuse(LengthField(min_value=1, max_value=1440), typed) == [text]


def test_a_length_may_be_left_out_and_a_number_is_minutes():
    field = LengthField(min_value=1, max_value=1440, required=False)

    assert [field.clean(typed) for typed in ("", None, "75", 75, "1 h 15 min")] == [None, None, 75, 75, 75]
