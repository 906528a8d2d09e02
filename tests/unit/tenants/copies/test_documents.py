"""How values stand in sheets."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from tenants.services.copies.documents import write_rows


def test_values_are_written_as_people_write_them():
    rows = [[True, False, None, 12, 1.5, "Ñandú"], [{"año": 1}, ["é"], 'say "hi"', "two\r\nlines", "a,b", ""]]

    assert write_rows(rows).decode() == (
        'true,false,,12,1.5,Ñandú\r\n"{""año"": 1}","[""é""]","say ""hi""","two\r\nlines","a,b",\r\n'
    )


def test_days_and_clocks_are_written_as_iso_8601_has_them():
    rows = [[date(2026, 3, 9), time(9, 0), datetime(2026, 3, 9, 15, 0, tzinfo=UTC)]]

    assert write_rows(rows) == b"2026-03-09,09:00,2026-03-09T15:00:00+00:00\r\n"


def test_what_a_spreadsheet_would_run_is_disarmed():
    assert write_rows([["=1+1", "+5255", "-x", "@y", -5]]) == b"'=1+1,'+5255,'-x,'@y,-5\r\n"


def test_no_rows_are_no_lines():
    assert write_rows([]) == b""
