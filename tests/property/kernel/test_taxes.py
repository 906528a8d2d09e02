"""Whatever is typed as tax data is kept in one form, or refused at its field."""

from __future__ import annotations

from dataclasses import fields

from hypothesis import given
from hypothesis import strategies as st

from kernel.law.taxes import LENGTHS, TaxData, check_tax_data, list_tax_laws

LAWS = list_tax_laws()
NUMBERS = st.one_of(st.text(max_size=45), st.text("0123456789AKXYZÑ&- .", min_size=5, max_size=20))


@given(
    country=st.sampled_from(sorted(LAWS)),
    kind=st.integers(0, 2),
    number=NUMBERS,
    rest=st.dictionaries(
        st.sampled_from([each.name for each in fields(TaxData) if each.name not in {"name", "tax_id", "id_kind"}]),
        st.text(max_size=60),
    ),
    name=st.text(max_size=250),
)
def test_what_is_kept_is_read_the_same_way_again(country, kind, number, rest, name):
    law = LAWS[country]
    typed = TaxData(name=name, id_kind=law.ids[kind % len(law.ids)].key, tax_id=number, **rest)

    first = check_tax_data(law, typed)
    again = check_tax_data(law, first.data, doubted=first.doubted)

    if not first.errors:
        assert again == first
        assert all(len(value) <= LENGTHS[key] for key, value in again.data.list_values())
    assert set(first.errors) <= {"name", *law.asks}
