"""Tax data by country: what is asked for, and which numbers can be right."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from kernel.law.taxes import (
    CHOOSE,
    EMAIL_WRONG,
    ID_DOUBTED,
    ID_WRONG,
    MISSING,
    POSTAL_CODE_WRONG,
    TOO_LONG,
    UNREADABLE,
    USE_WRONG,
    CheckedTaxData,
    TaxData,
    check_tax_data,
    find_tax_law,
    list_tax_laws,
    read_tax_laws,
)

ANA = TaxData(
    name="Ana Gómez", tax_id="GODE561231GR8", postal_code="06700", regime="612", use="G03", email="ana@example.com"
)
TABLE = """
reviewed_on = 2026-11-27
[[laws]]
countries = ["MX"]
needs = ["tax_id"]
may = []
source = "a law"
confidence = "H"
[[laws.ids]]
key = "rfc"
name = "RFC"
check = "mx.rfc"
"""


def check(country: str, doubted: str = "", **typed: str) -> CheckedTaxData:
    law = find_tax_law(country)
    assert law is not None
    return check_tax_data(law, TaxData(**({"name": "Ana Gómez"} | typed)), doubted=doubted)


def find_id(country: str, kind: str, number: str) -> tuple[str, tuple[str, ...]]:
    """The number as it is kept, and what is wrong with it."""
    checked = check(country, id_kind=kind, tax_id=number)
    return checked.data.tax_id, checked.errors.get("tax_id", ())


@pytest.mark.parametrize(
    ("country", "kind", "typed", "kept"),
    [
        ("MX", "", " gode 561231-gr8 ", "GODE561231GR8"),
        ("MX", "rfc", "MAB-930714-8T4", "MAB9307148T4"),
        ("ES", "", "12.345.678-z", "12345678Z"),
        ("ES", "", "es12345678z", "12345678Z"),
        ("ES", "", "x5253868r", "X5253868R"),
        ("ES", "", "B-58378431", "B58378431"),
        ("ES", "", "de 136,695 976", "DE136695976"),
        ("AR", "cuit", "20\u201126756539\u20113", "20267565393"),
        ("AR", "dni", "20.123.456", "20123456"),
        ("CL", "", "12.531.909-2", "125319092"),
        ("CO", "nit", "213.123.432-1", "2131234321"),
        ("CO", "cc", "52.123.456", "52123456"),
        ("PE", "ruc", "20512333797", "20512333797"),
        ("PE", "dni", "10117410", "10117410"),
        ("BR", "cpf", "390.533.447-05", "39053344705"),
        ("BR", "cnpj", "16.727.230/0001-97", "16727230000197"),
        ("BR", "cnpj", "12abc34501de35", "12ABC34501DE35"),
        ("UY", "rut", "21-100342-001-7", "211003420017"),
        ("EC", "ruc", "1792060346-001", "1792060346001"),
        ("PY", "ruc", "80028061-0", "800280610"),
        ("GT", "nit", "576937-k", "576937K"),
        ("CR", "juridica", "3-101-999999", "3101999999"),
        ("DO", "rnc", "1-01-85004-3", "101850043"),
        ("SV", "nit", "0614-050707-104-8", "06140507071048"),
        ("IT", "iva", "IT 00743110157", "00743110157"),
        ("IT", "cf", "rccmnl83s18d969h", "RCCMNL83S18D969H"),
        ("DE", "", "136695976", "DE136695976"),
        ("GR", "", "094259216", "EL094259216"),
        ("PT", "", "PT 501 964 843", "PT501964843"),
    ],
)
def test_number_is_read_however_it_is_typed(country, kind, typed, kept):
    assert find_id(country, kind, typed) == (kept, ())


@pytest.mark.parametrize(
    ("country", "kind", "typed"),
    [
        ("MX", "", "COMG-600703"),  # without its last three, with which no invoice can be made
        ("MX", "", "GODE561331GR8"),  # month 13
        ("ES", "", "12345678A"),
        ("ES", "", "B58378432"),
        ("ES", "", "DE136695977"),
        ("AR", "cuit", "20267565392"),
        ("CL", "", "125319093"),
        ("CO", "nit", "2131234325"),
        ("CO", "cc", "52.123.45A"),
        ("PE", "ruc", "20512333798"),
        ("PE", "dni", "1011741"),
        ("PE", "dni", "١٠١١٧٤١٠"),  # digits of another script
        ("BR", "cpf", "23100299900"),
        ("BR", "cnpj", "16727230000198"),
        ("UY", "rut", "210303670014"),
        ("DE", "", "136695977"),
        ("DE", "", "=HYPERLINK(1)"),
        ("MX", "", "---"),
    ],
)
def test_number_that_cannot_be_right_is_refused(country, kind, typed):
    assert check(country, id_kind=kind, tax_id=typed).errors["tax_id"] == (ID_WRONG,)


def test_number_whose_check_digit_is_wrong_is_believed_when_it_is_sent_again():
    first = check("MX", tax_id="vace-460910-sx6")
    again = check("MX", tax_id="vace-460910-sx6", doubted=first.doubted)
    other = check("MX", tax_id="vace-460910-sx7", doubted=first.doubted)

    assert (first.doubted, first.errors["tax_id"]) == ("VACE460910SX6", (ID_DOUBTED,))
    assert (again.doubted, again.data.tax_id, "tax_id" in again.errors) == ("", "VACE460910SX6", False)
    assert (other.doubted, other.errors["tax_id"]) == ("VACE460910SX7", (ID_DOUBTED,))


def test_whole_data_is_kept_as_it_is_written():
    law = find_tax_law("MX")
    typed = replace(ANA, name="  Ana\u202e   Gómez ", email=" ANA@example.com", address="Calle 5", activity="Nada")

    assert check_tax_data(law, typed) == CheckedTaxData(replace(ANA, id_kind="rfc"), {})


def test_everything_that_a_law_needs_is_asked_for():
    assert check("MX", name=" \u200b").errors == dict.fromkeys(
        ("name", "tax_id", "postal_code", "regime", "use"), (MISSING,)
    )
    assert check("DE").errors == dict.fromkeys(("address", "postal_code", "city"), (MISSING,))
    assert check("CO", id_kind="nit").data.id_kind == ""


def test_document_is_named_where_there_are_several():
    assert check("CO", tax_id="2131234321").errors["id_kind"] == (CHOOSE,)
    assert check("CO", tax_id="2131234321", id_kind="dni").errors["id_kind"] == (CHOOSE,)


def test_each_wrong_field_is_told():
    found = check(
        "MX", name="N" * 201, tax_id="GODE561231GR8", postal_code="067000", regime="999", use="X", email="nobody"
    )

    assert found.errors == {
        "name": (TOO_LONG,),
        "postal_code": (POSTAL_CODE_WRONG,),
        "regime": (CHOOSE,),
        "use": (CHOOSE,),
        "email": (EMAIL_WRONG,),
    }


@pytest.mark.parametrize(
    ("regime", "use", "errors"),
    [
        ("605", "G03", {"use": (USE_WRONG,)}),
        ("601", "D01", {"use": (USE_WRONG,)}),
        ("616", "G01", {"use": (USE_WRONG,)}),
        ("626", "D10", {"use": (USE_WRONG,)}),
        ("610", "I08", {"use": (USE_WRONG,)}),
        ("605", "D01", {}),
        ("612", "D07", {}),
        ("612", "G03", {}),
        ("616", "G02", {}),
        ("625", "G01", {}),
    ],
)
def test_use_fits_the_regime(regime, use, errors):
    found = check("MX", tax_id="GODE561231GR8", postal_code="06700", regime=regime, use=use)

    assert found.errors == errors


def test_some_use_goes_with_every_regime():
    law = find_tax_law("MX")
    assert law is not None

    found = [check_tax_data(law, replace(ANA, regime=regime, use="S01")).errors for regime in law.regimes]

    assert found == [{}] * len(law.regimes)


def test_flood_and_unreadable_are_refused_before_they_are_read():
    found = check("MX", name="A" * 10_240, tax_id="1" * 10_240, postal_code="0\x00", email="a" * 10_240, use="\ud800")

    assert found.errors == {
        "name": (TOO_LONG,),
        "tax_id": (TOO_LONG,),
        "postal_code": (UNREADABLE,),
        "email": (TOO_LONG,),
        "use": (UNREADABLE,),
        "regime": (MISSING,),
    }
    assert check("BR", postal_code="01310-100" + "0" * 9).errors["postal_code"] == (TOO_LONG,)


def test_what_is_not_asked_for_may_be_empty_and_is_dropped():
    found = check("HN", tax_id="0801-1990-12345 6", regime="612", use="G03", city="Tegucigalpa")

    assert found == CheckedTaxData(TaxData("Ana Gómez", "rtn", "08011990123456"), {})
    assert find_tax_law("US") is None


def test_every_law_says_where_it_is_from():
    laws = list_tax_laws()

    assert {"MX", "ES", "AR", "CL", "CO", "PE", "BR", "UY", "DE", "FR", "PT"} <= set(laws)
    assert {each.reviewed_on for each in laws.values()} == {date(2026, 11, 27)}
    assert laws["AR"].asks == ("tax_id", "address", "regime", "email")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('check = "mx.rfc"', 'check = "mx.nothing"'),
        ('check = "mx.rfc"', ""),
        ('check = "mx.rfc"', 'patern = "x"'),
        ('check = "mx.rfc"', "pattern = '['"),
        ('countries = ["MX"]', 'countries = ["MX", "MX"]'),
        ('countries = ["MX"]', ""),
        ('needs = ["tax_id"]', 'needs = ["tax_id", "shoe_size"]'),
        ('needs = ["tax_id"]', 'needs = ["address"]'),
        ('needs = ["tax_id"]', 'needs = ["tax_id", "regime"]'),
        ("may = []", 'may = ["tax_id"]'),
        ('confidence = "H"', 'confidence = "X"'),
        ('confidence = "H"', 'confidence = "H"\nfaith = 1'),
        ('source = "a law"', 'source = ""'),
        ('confidence = "H"', 'confidence = "H"\nfits = [{ uses = ["G09"], regimes = [] }]'),
        ('confidence = "H"', 'confidence = "H"\nfits = [{ uses = [], regimes = [] }, { uses = ["G01"] }]'),
        ("reviewed_on = 2026-11-27", ""),
    ],
)
def test_table_that_is_none_is_refused(old, new):
    assert list(read_tax_laws(TABLE)) == ["MX"]

    with pytest.raises(ValueError, match=r"MX|not a table"):
        read_tax_laws(TABLE.replace(old, new, 1))
