"""The page about who waited, what was said and what was sent: its figures lead to their rows and are files too."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from html import unescape

import pytest

from notifications.models import Message
from scheduling.models import Booking, Customer, Feedback, Location, Service, WaitlistEntry
from tests.factories.reports import make_row
from tests.factories.scheduling import make_shop

VOICES = "/workspace/reports/voices/?period=month&on=2026-01-15"
AT = datetime(2026, 1, 10, 15, tzinfo=UTC)
BEFORE = datetime(2025, 12, 10, 15, tzinfo=UTC)


@pytest.fixture
def filled(tenant) -> None:
    Message.objects.all().delete()
    service = Service.objects.get(pk=make_shop()[0])
    place = Location.objects.latest("pk")
    rows = Booking.objects.bulk_create(make_row(service, place, at) for at in (AT, AT, BEFORE))
    for row, score, recommends in zip(rows, (5, 2, 4), (10, 3, None), strict=True):
        Feedback.objects.create(booking=row, score=score, recommend_score=recommends, created_at=row.starts_at)
    ana = Customer.objects.create(name="Ana", created_at=AT)
    for status, ended in (("booked", AT), ("waiting", None)):
        WaitlistEntry.objects.create(
            service=service, customer=ana, from_on=AT.date(), to_on=AT.date(), created_at=AT, status=status,
            ended_at=ended, offer_number=int(status == "booked"),
        )  # fmt: skip
    Message.objects.create(
        channel="sms", template="t", to="+525512345678", locale="es", body_text="", dedup_key="k", status="sent",
        sent_at=AT, created_at=AT, price_minor=1250, price_currency="JPY",
    )  # fmt: skip


def read(response) -> str:
    return " ".join(unescape(response.content.decode()).split())


def test_figures_say_what_was_counted_and_lead_to_it(owner_client, filled):
    answer = owner_client.get(VOICES)

    shown = answer.context["figures"]
    figures = {each.key: (each.text, each.detail, each.change and each.change.text) for each in shown}
    assert figures == {
        "joined": ("2", "", "+2"),
        "booked": ("50.0\u202f%", "1 de 2", None),
        "said": ("2", "", "+100.0\u202f%"),
        "average": ("3.5", "de 5", None),
        "promoters": ("0", "de −100 a 100", None),
        "sent": ("1", "", "+1"),
    }
    assert {each.url for each in answer.context["figures"]} >= {"/workspace/waitlist/", "#messages"}
    waited = answer.context["waitlist_table"].rows
    assert [[cell.value for cell in row[1:]] for row in waited] == [[2, 1, 1, 1]]
    service_id = WaitlistEntry.objects.values_list("service_id", flat=True).distinct().get()
    assert all(part in waited[0][3].url for part in ("door=waitlist", f"service={service_id}"))
    assert [row[1].value for row in answer.context["scores_table"].rows] == [1, 0, 0, 1, 0]
    assert [[cell.value for cell in row[1:]] for row in answer.context["opinions_table"].rows] == [[2, 3.5]]


def test_a_currency_without_decimals_is_written_without(owner_client, filled):
    (row,) = owner_client.get(VOICES).context["messages_table"].rows

    assert (row[3].value, row[3].text.replace("\xa0", " ")) == (1250, row[3].text.replace("\xa0", " "))
    assert "1,250" in row[3].text


@pytest.mark.parametrize("table", ["waitlist", "scores", "opinions", "messages"])
def test_each_table_is_a_file_with_the_same_numbers(owner_client, filled, table):
    made = owner_client.get(VOICES).context[f"{table}_table"]
    query = VOICES.partition("?")[2]

    answer = owner_client.get(f"/workspace/reports/{table}.csv?{query}")

    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert rows[0] == [str(head) for head in made.heads]
    assert rows[1:] == [["" if cell.value is None else str(cell.value) for cell in row] for row in made.rows]


def test_where_nothing_happened_the_page_says_so(owner_client, tenant):
    Message.objects.all().delete()

    text = read(owner_client.get("/workspace/reports/voices/?period=month&on=2020-01-15"))

    said = ("Nadie se anotó en la lista", "Nadie opinó en estos días", "No se envió ningún mensaje")
    assert [each in text for each in said] == [True] * 3


def test_opinions_behind_every_figure_are_as_many_as_it_says(owner_client, filled):
    sample = make_row(Service.objects.latest("pk"), Location.objects.latest("pk"), AT, is_sample=True)
    sample.save()
    Feedback.objects.create(booking=sample, score=5, created_at=AT)
    third = make_row(Service.objects.latest("pk"), Location.objects.latest("pk"), AT)
    third.save()
    Feedback.objects.create(booking=third, score=5, created_at=AT)

    answer = owner_client.get(VOICES)

    def count(url: str) -> int:
        return len(owner_client.get(url).context["opinions"])

    figures = {each.key: each.url for each in answer.context["figures"]}
    assert {key: count(figures[key]) for key in ("said", "average", "promoters")} == {
        "said": 3, "average": 3, "promoters": 2,
    }  # fmt: skip
    scores = answer.context["scores_table"].rows
    assert [(row[1].value, count(row[1].url) if row[1].url else 0) for row in scores] == [
        (2, 2), (0, 0), (0, 0), (1, 1), (0, 0),
    ]  # fmt: skip
    assert [(row[1].value, count(row[1].url)) for row in answer.context["opinions_table"].rows] == [(3, 3)]
    page = owner_client.get(figures["said"])
    assert "Solo opiniones que cuenta el reporte: 1–31 ene 2026" in read(page)
    assert [count(chip.url) for chip in page.context["chips"]] == [3, 1, 0]


@pytest.mark.parametrize("asked", ["from=2026-02-01&to=2026-01-01", "from=x", "score=5"])
def test_opinions_of_days_that_are_none_are_all_of_them(owner_client, filled, asked):
    assert len(owner_client.get(f"/workspace/voices/?{asked}").context["opinions"]) == 3


def test_opinions_behind_a_figure_go_on_with_the_same(owner_client, filled, monkeypatch):
    monkeypatch.setattr("web.workspace.voices.views.PAGE_SIZE", 1)
    url = owner_client.get(VOICES).context["figures"][2].url

    first = owner_client.get(url)
    second = owner_client.get(first.context["more_url"])

    assert [len(each.context["opinions"]) for each in (first, second)] == [1, 1]
    assert second.context["more_url"] == ""
    assert len(owner_client.get(f"{url}&score=9").context["opinions"]) == 1
