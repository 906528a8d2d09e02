"""The owner closes the business in two clicks, and opens it again; customers who are expected are told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape

import pytest
from django.core import mail as mailbox
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.services import second_step
from audit.public.models import PlatformEntry
from kernel.clock import utc_now
from notifications.models import Event, Message
from scheduling.models import Booking, Location
from scheduling.services import closing
from tenants.models import Tenant
from tenants.selectors.resolution import forget_tenants
from tenants.services import acts
from tenants.types import AskedAct
from tests.conftest import OWNER_PASSWORD, HostClient
from tests.factories.accounts import SECRET, sign_in_fully
from tests.fakes.due_work import perform_all, send_messages
from tests.integration.web.workspace.conftest import book
from tests.integration.web.workspace.conftest import staff_client as staff_client  # noqa: PLC0414 - a fixture

PAGE, REOPEN, DATA = "/workspace/closing/", "/workspace/closing/reopen/", "/workspace/data/"
TEXT = "Tu cita sigue en pie: te espero en la calle de al lado."


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    yield
    forget_tenants()


def typed(tenant, **changes: str) -> dict[str, str]:
    return {"is_told": "on", "text": TEXT, "typed_name": tenant.slug, "password": OWNER_PASSWORD} | changes


def status_of(tenant) -> str:
    return Tenant.objects.get(pk=tenant.id).status


def list_errors(answer) -> dict[str, str]:
    html = unescape(answer.content.decode())
    return dict(re.findall(r'id="f-(\w+)_error">\s*<span class="error">.*?<span>([^<]*)</span>', html, re.DOTALL))


def tell(tenant) -> list[Message]:
    perform_all(tenant.schema_name, "event")
    return list(Message.objects.filter(template="business_closed").order_by("pk"))


def test_two_clicks_close_and_one_opens_again(owner_client, customer_client, tenant):
    settings = owner_client.get("/workspace/settings/business/").content.decode()
    page = owner_client.get(PAGE).content.decode()

    answer = owner_client.post(PAGE, typed(tenant))
    forget_tenants()  # as the commit does
    closed, public = status_of(tenant), customer_client.get("/")
    kept = unescape(owner_client.get(PAGE).content.decode())
    owner_client.post(REOPEN)

    assert f'href="{PAGE}"' in settings
    assert (tenant.slug in page, f'href="{DATA}"' in page, "Ya no se envían recordatorios." in page) == (True,) * 3
    assert (answer.status_code, answer["Location"], closed) == (302, PAGE, "closed")
    assert (public.status_code, "ya no recibe citas" in unescape(public.content.decode())) == (410, True)
    assert ("Volver a abrirlo" in kept, 'name="typed_name"' in kept) == (True, False)
    assert status_of(tenant) == "trial"
    log = PlatformEntry.objects.filter(schema_name=tenant.schema_name).order_by("pk")
    who = f"Its owner said so (person {User.objects.get(role='owner').pk} of the business)."
    assert list(log.values_list("action", "author_id", "reason")) == [("close", None, who), ("reopen", None, who)]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"typed_name": ""}, "typed_name"),
        ({"typed_name": "otro-negocio"}, "typed_name"),
        ({"typed_name": "x" * 400}, "typed_name"),
        ({"password": "otra"}, "password"),
        ({"password": ""}, "password"),
        ({"text": "x" * 501}, "text"),
        ({"text": "uno\x07dos"}, "text"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_closed(owner_client, tenant, changes, field):
    answer = owner_client.post(PAGE, typed(tenant, **changes))

    assert answer.status_code == 422
    assert list(list_errors(answer)) == [field]
    assert status_of(tenant) == "trial"
    assert not Message.objects.filter(template__startswith="business_closed").exists()


def test_code_is_asked_of_whoever_has_a_second_step(tenant):
    owner = User.objects.get(role="owner")
    second_step.seed(owner.email, secret=SECRET)
    owner.refresh_from_db()
    client = HostClient(tenant.primary_host)
    sign_in_fully(client, owner)
    page = client.get(PAGE).content.decode()

    without = client.post(PAGE, typed(tenant))
    wrong = client.post(PAGE, typed(tenant, code="000000"))
    before = status_of(tenant)
    client.post(PAGE, typed(tenant, code=second_step.make_code(SECRET)))

    assert 'name="code"' in page
    assert [list(list_errors(each)) for each in (without, wrong)] == [["code"], ["code"]]
    assert (before, status_of(tenant)) == ("trial", "closed")


@pytest.mark.parametrize("role", ["manager", "receptionist", "provider", "read_only"])
def test_only_owners_see_and_do_it(staff_client, tenant, role):
    client = staff_client(role)

    answers = [client.get(PAGE), client.post(PAGE, typed(tenant)), client.post(REOPEN)]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert status_of(tenant) == "trial"


def test_customers_who_are_expected_are_told_once(owner_client, tenant):
    first, second = book(), book(slot=1)
    Location.objects.update(email="hola@taller.example")
    owner_client.post(PAGE, typed(tenant))
    told = tell(tenant)

    assert len({first.booking_id, second.booking_id}) == 2
    (message,) = told
    assert (message.subject_id, TEXT in message.body_text) == (first.booking_id, True)
    assert ("/b/" in message.body_text, message.reply_to) == (True, "hola@taller.example")


def test_many_are_told_in_parts_and_each_address_once(owner_client, tenant, monkeypatch):
    monkeypatch.setattr(closing, "PART", 2)
    for slot in range(3):
        book(slot=slot)
    Booking.objects.filter(pk=book(slot=3).booking_id).update(customer_email="otra@example.com")
    owner_client.post(PAGE, typed(tenant))
    forget_tenants()

    first = [message.to for message in tell(tenant)]
    second = [message.to for message in tell(tenant)]
    third = [message.to for message in tell(tenant)]

    both = ["ana@example.com", "otra@example.com"]
    assert (first, second, third) == (both[:1], both, both)
    assert not Event.objects.filter(kind="business.closed", processed_at=None).exists()


def test_more_bookings_of_a_customer_ask_no_more(owner_client, tenant):
    counts = []
    for slots in ((0,), (1, 2)):
        for slot in slots:
            book(slot=slot)
        perform_all(tenant.schema_name, "event")
        owner_client.post(PAGE, typed(tenant))
        forget_tenants()
        with CaptureQueriesContext(connection) as asked:
            tell(tenant)
        counts.append(len(asked))
        owner_client.post(REOPEN)
        forget_tenants()

    assert counts[0] == counts[1]
    assert Message.objects.filter(template="business_closed").count() == 2


def test_copy_that_is_quiet_writes_to_nobody(owner_client, tenant):
    book()
    Tenant.objects.filter(pk=tenant.id).update(quiet_since=utc_now() - timedelta(days=1))
    forget_tenants()
    owner_client.post(PAGE, typed(tenant))
    tell(tenant)
    send_messages(tenant.schema_name)

    (message,) = Message.objects.filter(template="business_closed")
    assert (message.status, [mail.to for mail in mailbox.outbox if "ana@" in mail.to[0]]) == ("cancelled", [])


def test_suspended_business_adds_no_words_of_its_own(owner_client, tenant):
    book()
    Tenant.objects.filter(pk=tenant.id).update(status="suspended", suspension_reason="Spam")
    forget_tenants()

    page = unescape(owner_client.get(PAGE).content.decode())
    owner_client.post(PAGE, typed(tenant))

    assert ('name="is_told"' in page, 'name="text"' in page, "sin palabras tuyas" in page) == (True, False, True)
    (message,) = tell(tenant)
    assert (TEXT in message.body_text, "Si no sabes si tu cita sigue en pie" in message.body_text) == (False, True)


def test_nobody_is_told_when_the_owner_says_so(owner_client, tenant):
    book()
    owner_client.post(PAGE, {name: value for name, value in typed(tenant).items() if name != "is_told"})

    assert tell(tenant) == []


def test_whoever_comes_after_the_removal_is_told_in_any_case(owner_client, tenant):
    soon, late = book(), book(slot=1)
    begin = utc_now() + timedelta(days=31)
    Booking.objects.filter(pk=late.booking_id).update(starts_at=begin, ends_at=begin + timedelta(hours=1))
    page = unescape(owner_client.get(PAGE).content.decode())

    owner_client.post(PAGE, {name: value for name, value in typed(tenant).items() if name != "is_told"})
    forget_tenants()

    (message,) = tell(tenant)
    assert ("Una cita es después de esos 30 días" in page, "Quedan 2 citas por venir" in page) == (True, True)
    assert (soon.booking_id, message.subject_id) == (soon.booking_id, late.booking_id)
    assert (TEXT in message.body_text, "antes de tu cita: anótala" in message.body_text) == (True, True)


def test_nobody_is_told_after_it_was_opened_again(owner_client, tenant):
    book()
    owner_client.post(PAGE, typed(tenant))
    owner_client.post(REOPEN)
    forget_tenants()

    assert tell(tenant) == []


def test_closed_opened_and_closed_again_is_told_once(owner_client, tenant):
    book()
    for url, values in ((PAGE, typed(tenant)), (REOPEN, {}), (PAGE, typed(tenant))):
        owner_client.post(url, values)
        forget_tenants()  # as the commit does

    (message,) = tell(tenant)
    send_messages(tenant.schema_name)

    message.refresh_from_db()
    assert (message.status, message.expires_at) == ("sent", Booking.objects.get(pk=message.subject_id).starts_at)


def reopen(owner_client, booked, tenant) -> None:
    owner_client.post(REOPEN)


def reopen_and_close(owner_client, booked, tenant) -> None:
    owner_client.post(REOPEN)
    forget_tenants()
    owner_client.post(PAGE, {name: value for name, value in typed(tenant).items() if name != "is_told"})


def cancel(owner_client, booked, tenant) -> None:
    Booking.objects.filter(pk=booked.booking_id).update(status="cancelled", is_active=False)


@pytest.mark.parametrize("change", [reopen, reopen_and_close, cancel])
def test_message_that_is_no_longer_so_stays(owner_client, tenant, change):
    booked = book()
    owner_client.post(PAGE, typed(tenant))
    forget_tenants()
    (message,) = tell(tenant)
    change(owner_client, booked, tenant)
    forget_tenants()

    send_messages(tenant.schema_name)

    message.refresh_from_db()
    assert (message.status, message.reason) == ("cancelled", "undone")
    assert [mail.subject for mail in mailbox.outbox if "cierra" in mail.subject] == []


def test_manage_links_go_on(owner_client, customer_client, tenant):
    booked = book()
    owner_client.post(PAGE, typed(tenant))
    forget_tenants()  # as the commit does

    closed, seen = customer_client.get("/"), customer_client.get(f"/b/{booked.manage_token}/")
    customer_client.post(f"/b/{booked.manage_token}/cancel/", {"confirm": "yes"})

    assert (closed.status_code, seen.status_code) == (410, 200)
    assert Booking.objects.get(pk=booked.booking_id).status == "cancelled"


def test_owners_words_are_read_behind_the_link_and_on_the_closed_page(owner_client, customer_client, tenant):
    """An SMS has no room for them, and some customers have only a phone."""
    booked = book()
    link, text = f"/b/{booked.manage_token}/", "Cierro <hoy>.\nTu cita sigue en pie."
    shown = "Cierro &lt;hoy&gt;.<br>Tu cita sigue en pie."
    Booking.objects.filter(pk=booked.booking_id).update(customer_email="", customer_phone="+525512345678")
    before = customer_client.get(link).content.decode()
    owner_client.post(PAGE, typed(tenant, text=text))
    forget_tenants()

    closed, manage, move = (customer_client.get(url).content.decode() for url in ("/", link, f"{link}move/"))
    owner_client.post(REOPEN)
    forget_tenants()
    reopened = customer_client.get(link).content.decode()

    assert [shown in page for page in (before, closed, manage, move, reopened)] == [False, True, True, True, False]
    assert [page.count("ya no recibe citas aquí") for page in (manage, move)] == [1, 1]
    assert ("queda como está" in manage + move, "Aquí puedes verla y cancelarla hasta el" in manage) == (False, True)
    assert "Ya no se puede cambiar la hora en línea." in move


def test_owners_words_are_read_by_whom_they_are_said_to(owner_client, customer_client, tenant):
    soon, late = book(), book(slot=1)
    begin = utc_now() + timedelta(days=31)
    Booking.objects.filter(pk=late.booking_id).update(starts_at=begin, ends_at=begin + timedelta(hours=1))
    owner_client.post(PAGE, {name: value for name, value in typed(tenant).items() if name != "is_told"})
    forget_tenants()

    links = [f"/b/{each.manage_token}/" for each in (soon, late)]
    pages = [customer_client.get(url).content.decode() for url in ("/", *links)]
    Tenant.objects.filter(pk=tenant.id).update(status_since=utc_now() + timedelta(seconds=1))
    forget_tenants()
    another = customer_client.get(links[1]).content.decode()  # closing of which nothing was said

    assert [TEXT in page for page in (*pages, another)] == [False, False, True, False]
    assert ["Pregunta si tu cita sigue en pie." in page for page in (*pages, another)] == [False, True, False, True]


def test_closed_twice_or_opened_twice_is_said(owner_client, tenant):
    open_already = owner_client.post(REOPEN)
    owner_client.post(PAGE, typed(tenant))
    again = owner_client.post(PAGE, typed(tenant))

    assert (open_already.status_code, again.status_code) == (409, 409)
    assert "ya no es posible" in unescape(again.content.decode()).lower()
    assert status_of(tenant) == "closed"


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(minutes=1), "Quedan 30 días"),
        (timedelta(days=28, minutes=1), "Quedan 2 días"),
        (timedelta(days=29, hours=23), "Queda un día"),
        (timedelta(days=31), "Queda un día"),  # its turn has not come yet
    ],
)
def test_closed_page_counts_down(owner_client, tenant, ago, words):
    since = utc_now() - ago
    Tenant.objects.filter(pk=tenant.id).update(status="closed", status_since=since, is_closed_by_owner=True)
    forget_tenants()

    page = unescape(owner_client.get(PAGE).content.decode())

    assert (words in page, f'href="{DATA}"' in page, REOPEN in page) == (True, True, True)
    assert (page.count("Todo se conserva hasta"), page.count("Hasta entonces")) == (1, 1)


def test_what_the_platform_closed_only_the_platform_opens_again(owner_client, tenant):
    asked = AskedAct(tenant.schema_name, "Estafas", author_id=7, now=utc_now())
    acts.close(asked, typed_name=tenant.slug)
    forget_tenants()
    page, board = (unescape(owner_client.get(url).content.decode()) for url in (PAGE, "/workspace/"))

    refused = owner_client.post(REOPEN)
    (mail,) = Message.objects.filter(template="business_closed_owner")
    after = status_of(tenant)
    acts.reopen(asked)
    owner_client.post(PAGE, typed(tenant))
    owner_client.post(REOPEN)

    assert (REOPEN in page, "solo nosotros podemos volver a abrirlo" in page, f'href="{DATA}"' in page) == (
        False, True, True,
    )  # fmt: skip
    assert ("Quedan 30 días para llevarte tus datos" in page, "Volver a abrirlo" in board) == (True, False)
    assert (refused.status_code, after) == (403, "closed")
    assert "solo nosotros podemos volver a abrirlo" in unescape(refused.content.decode())
    assert ("vuelve a abrirlo" in mail.body_text, "Lo cerramos nosotros" in mail.body_text) == (False, True)
    assert status_of(tenant) == "trial"


def test_page_asks_the_same_however_many_are_expected(owner_client, django_assert_num_queries):
    book()
    owner_client.get(PAGE)
    with django_assert_num_queries(4):
        owner_client.get(PAGE)
    for slot in (1, 2, 3):
        book(slot=slot)
    with django_assert_num_queries(4):
        page = owner_client.get(PAGE)

    assert "Quedan 4 citas por venir" in unescape(page.content.decode())
