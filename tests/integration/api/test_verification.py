"""A stranger's mailbox and telephone: whatever anybody does, they get a few messages a day, and a family passes.

All of it with the limits of production.
"""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.db import connection

from accounts.models import User
from config.settings.limits import CODE_ATTEMPTS, LIMITS
from kernel.identity.recipients import name_recipient
from notifications.models import Message
from notifications.public.models import ContactCode
from notifications.services.codes import Reach, ask_code, give_code_back, try_code, use_code
from notifications.services.outbox import process_event
from notifications.services.stops import Answered, take_reply
from scheduling.models import Booking, Contact
from scheduling.services.messages.standing import MERGED_WITHIN
from tenants.context import tenant_scope
from tenants.models import DueWork, LimitCount
from tests.conftest import HostClient
from tests.factories.scheduling import make_place, make_resource, make_service
from tests.factories.sign_ups import SIGN_UP_FORM
from tests.fakes.due_work import send_messages
from tests.fakes.sms_carrier import running_sms_carrier
from tests.harness.mails import read_subject

NOON = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
STRANGER = "victima@gmail.com"
PHONE = "+525512345678"
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def noon(tenants):
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def wide(settings):
    """Addresses as if everybody came from one of their own."""
    names = ("bookings_address", "bookings_address_weeks", "holds_open", "writes_contact")
    settings.LIMITS = LIMITS | {name: replace(LIMITS[name], size=10**6) for name in names}


@pytest.fixture
def shop(tenant) -> str:
    return open_shop()


@pytest.fixture
def sms(settings):
    with running_sms_carrier() as carrier:
        settings.SMS_URL, settings.SMS_ACCOUNT, settings.SMS_SECRET = carrier.url, carrier.account, carrier.secret
        yield carrier


def open_shop() -> str:
    """A service with room for anything; returns its id."""
    room = make_resource(make_place(), capacity=500)
    return str(make_service((room,), max_party_size=1, step_minutes=15, minimum_notice_minutes=0))


def book(client, service, *, hour: float = 0, address: str = "127.0.0.1", code: str = "", **customer):
    body = {
        "service": service,
        "starts_at": (NOON + timedelta(days=3, hours=hour - 3)).isoformat(),
        "customer": {"name": "Ana", **customer},
        "asset": {"make": "Nissan", "model": "Versa"},
        "may_coincide": True,
    }
    if code:
        body["verification"] = {"code": code}
    return client.post("/api/v1/bookings", body, content_type="application/json", REMOTE_ADDR=address)


def move(client, token: str, number: int) -> int:
    start = {"starts_at": (NOON + DAY * 4 - timedelta(hours=8) + timedelta(minutes=15 * (number % 20))).isoformat()}
    return client.post(f"/api/v1/manage/{token}/reschedule", start, content_type="application/json").status_code


def work(tenant) -> None:
    """Do what workers do: handle what happened, send what waits."""
    before = connection.tenant
    connection.set_tenant(tenant)
    for row in DueWork.objects.filter(schema_name=tenant.schema_name, kind="event").order_by("row_id"):
        process_event(row.row_id, datetime.now(tz=UTC))
        row.delete()
    connection.set_tenant(before)
    send_messages(tenant.schema_name)


def list_mails(to: str = STRANGER) -> list[str]:
    return [read_subject(each) for each in mail.outbox if name_recipient(each.to[0]) == to]


def read_code(tenant) -> str:
    send_messages(tenant.schema_name)
    return re.search(r"\b(\d{6})\b", mail.outbox[-1].body)[1]


def test_the_fourth_booking_of_a_mailbox_asks_for_a_code_and_is_made_with_it(customer_client, tenant, shop):
    made = [book(customer_client, shop, email=STRANGER) for _ in range(3)]
    refused = book(customer_client, shop, email=STRANGER)

    assert [answer.status_code for answer in made] == [201] * 3
    assert (refused.status_code, refused.headers["Content-Type"]) == (403, "application/problem+json")
    assert refused.json() == {
        "type": "about:blank",
        "title": "verification required",
        "status": 403,
        "code": "verification_required",
        "detail": "Escribe el código que enviamos a tu contacto para terminar la cita.",
        "channel": "email",
        "expires_at": "2026-11-23T18:10:00Z",
        "again_at": "2026-11-23T18:01:00Z",
    }
    assert Booking.objects.count() == 3

    accepted = book(customer_client, shop, email=STRANGER, code=read_code(tenant))

    assert accepted.status_code == 201
    assert list(Booking.objects.order_by("pk").values_list("proven_contact", flat=True)) == ["", "", "", "email"]
    work(tenant)
    assert len(list_mails()) == 5  # three without a code, the code, and what it let pass


def test_a_family_of_five_with_one_phone_is_never_refused(customer_client, tenant, shop, sms):
    for name in ("Ana", "Beto", "Caro", "Dani", "Eva"):
        answer = book(customer_client, shop, name=name, phone=PHONE)
        if answer.status_code == 403:
            send_messages(tenant.schema_name)
            code = re.match(r"\d{6}", sms.taken[-1]["Body"])[0]
            answer = book(customer_client, shop, name=name, phone=PHONE, code=code)
        assert answer.status_code == 201, answer.json()

    work(tenant)
    assert len(sms.taken) == 7
    assert Booking.objects.count() == 5
    verified = Contact.objects.exclude(verified_at=None).values_list("customer__name", flat=True)
    assert sorted(verified) == ["Dani", "Eva"]


SPELLINGS = (
    "victima@gmail.com", "VICTIMA@gmail.com", "v.i.c.t.i.m.a@gmail.com", "victima+1@gmail.com",
    "Vic.Tima+dos@googlemail.com",
)  # fmt: skip


def test_a_hundred_attempts_by_every_way_stay_within_the_limits(tenant, other_tenant, customer_client, wide, noon):
    """Bookings with another phone each, moves, cancellations, the neighbor's, passwords, and 25 sign-ups."""
    clients = [customer_client, HostClient(other_tenant.primary_host)]
    shops = []
    for each in (tenant, other_tenant):
        connection.set_tenant(each)
        shops.append(open_shop())
    connection.set_tenant(tenant)
    platform = HostClient("testserver.example")
    links, moves = [], []
    for number in range(100):
        client, shop = clients[number % 2], shops[number % 2]
        email, phone = SPELLINGS[number % 5], f"+5255{10000000 + number}"
        answer = book(client, shop, email=email, phone=phone, address=f"198.{number}.1.1", code="123456" * (number % 3))
        if answer.status_code == 201:
            links.append((client, answer.json()["manage_url"].rstrip("/").rsplit("/", 1)[1]))
        if number % 5 == 4:
            moves += [move(among, token, number) for among, token in links]
        client.post("/accounts/password/reset/", {"email": email})
        if number % 4 == 0:
            platform.post("/sign-up/", {**SIGN_UP_FORM, "slug": f"taller-{number}", "email": email})
        if number < 10 or number == 99:
            for each in (tenant, other_tenant):
                work(each)
        noon.shift(61)
    for among, token in links:
        among.post(f"/api/v1/manage/{token}/cancel", {}, content_type="application/json")
    for each in (tenant, other_tenant):
        work(each)

    assert (len(links), moves.count(200) > 40) == (3, True)
    counts = {name: sum(name in subject for subject in list_mails()) for name in ("código", "contraseña", "cuenta")}
    assert counts == {"código": 3, "contraseña": 0, "cuenta": 3}
    about_bookings = [each for each in list_mails() if "código" not in each and "cuenta" not in each]
    assert len(about_bookings) == 3 + 3
    with_sign_ups = DueWork.objects.filter(schema_name="public", kind="sign_up_email").count()
    assert with_sign_ups == 3


def test_another_phone_each_time_changes_nothing_and_neither_does_another_mailbox(
    customer_client, tenant, shop, wide, sms
):
    by_mail = [book(customer_client, shop, email=STRANGER, phone=f"+52551234567{n}").status_code for n in range(8)]
    by_phone = [book(customer_client, shop, email=f"a{n}@example.com", phone=PHONE).status_code for n in range(8)]

    assert by_mail == [201] * 3 + [403] * 5
    # The last of the numbers before was this one, and its booking was refused: nothing was counted for it.
    assert by_phone == [201] * 3 + [403] * 5
    work(tenant)
    codes_sent = [each for each in sms.taken if "codigo" in each["Body"]]
    assert (len(sms.taken), len(codes_sent)) == (1, 1)


def test_a_hold_is_no_way_around(customer_client, tenant, shop):
    for _ in range(3):
        book(customer_client, shop, email=STRANGER)
    kept = customer_client.post(
        "/api/v1/holds", {"service": shop, "starts_at": "2026-11-26T15:00:00Z"}, content_type="application/json"
    ).json()

    body = {"hold": kept["id"], "token": kept["token"], "customer": {"name": "Ana", "email": STRANGER}}
    body |= {"asset": {"make": "Nissan", "model": "Versa"}, "may_coincide": True}
    refused = customer_client.post("/api/v1/bookings", body, content_type="application/json")
    assert refused.status_code == 403
    body["verification"] = {"code": read_code(tenant)}
    accepted, again = (
        customer_client.post("/api/v1/bookings", body, content_type="application/json") for _ in range(2)
    )

    assert (accepted.status_code, again.status_code, again.json()["code"]) == (201, 409, "hold_used")


def test_a_day_later_three_more_pass(customer_client, shop, noon):
    assert [book(customer_client, shop, email=STRANGER).status_code for _ in range(4)] == [201] * 3 + [403]
    noon.shift(DAY)

    assert [book(customer_client, shop, email=STRANGER).status_code for _ in range(4)] == [201] * 3 + [403]


def test_nothing_typed_is_no_code(customer_client, shop):
    body = {"service": shop, "starts_at": "2026-11-26T15:00:00Z", "customer": {"name": "Ana", "email": STRANGER}}
    body |= {"asset": {"make": "Nissan", "model": "Versa"}, "verification": None, "may_coincide": True}

    answers = [customer_client.post("/api/v1/bookings", body, content_type="application/json") for _ in range(4)]

    assert [answer.status_code for answer in answers] == [201] * 3 + [403]


def test_what_was_not_booked_counts_for_nothing(customer_client, shop):
    wrong = [book(customer_client, shop, email=STRANGER, hour=-10).status_code for _ in range(5)]
    silly = [book(customer_client, shop, email=STRANGER, name="").status_code for _ in range(5)]

    assert (wrong, silly) == ([409] * 5, [422] * 5)
    assert [book(customer_client, shop, email=STRANGER).status_code for _ in range(4)] == [201] * 3 + [403]


def ask(customer_client, shop, tenant) -> str:
    for _ in range(3):
        book(customer_client, shop, email=STRANGER)
    assert book(customer_client, shop, email=STRANGER).status_code == 403
    return read_code(tenant)


def make_wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def test_a_wrong_code_is_said_and_five_are_enough(customer_client, tenant, shop):
    code = ask(customer_client, shop, tenant)

    wrong = [book(customer_client, shop, email=STRANGER, code=make_wrong(code)) for _ in range(5)]

    assert [answer.status_code for answer in wrong] == [403] * 5
    assert wrong[0].json()["errors"] == {"verification.code": ["Este código no es correcto o ya no funciona."]}
    assert Booking.objects.count() == 3
    # The fifth ended that code: another one went out, and the first works no more.
    assert book(customer_client, shop, email=STRANGER, code=code).status_code == 403
    assert book(customer_client, shop, email=STRANGER, code=read_code(tenant)).status_code == 201


def test_a_code_works_once(customer_client, tenant, shop):
    code = ask(customer_client, shop, tenant)

    answers = [book(customer_client, shop, email=STRANGER, code=f" {code[:3]} {code[3:]} ") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 403]
    assert Booking.objects.count() == 4


def test_a_code_ends_after_ten_minutes(customer_client, tenant, shop, noon):
    code = ask(customer_client, shop, tenant)
    noon.shift(600)

    late = book(customer_client, shop, email=STRANGER, code=code)

    assert (late.status_code, Booking.objects.count()) == (403, 3)
    assert late.json()["expires_at"] == "2026-11-23T18:20:00Z"
    assert ContactCode.objects.count() == 1


def test_a_code_belongs_to_one_business_and_one_contact(customer_client, tenant, other_tenant, shop, wide):
    code = ask(customer_client, shop, tenant)
    connection.set_tenant(other_tenant)
    there = open_shop()
    connection.set_tenant(tenant)
    for _ in range(3):
        book(customer_client, shop, email="otra@example.com")

    foreign = [
        book(HostClient(other_tenant.primary_host), there, email=STRANGER, code=code),
        book(customer_client, shop, email="otra@example.com", code=code),
    ]

    assert [answer.status_code for answer in foreign] == [403, 403]
    assert book(customer_client, shop, email=STRANGER, code=code).status_code == 201


def test_a_place_that_is_gone_costs_no_code(customer_client, tenant, shop):
    code = ask(customer_client, shop, tenant)

    assert book(customer_client, shop, email=STRANGER, code=code, hour=-10).status_code == 409
    assert book(customer_client, shop, email=STRANGER, code=code).status_code == 201


def test_asking_again_sends_another_code_after_a_minute_and_three_a_day(customer_client, tenant, shop, noon):
    ask(customer_client, shop, tenant)
    sent = []
    for seconds in (30, 31, 61, 61, 500, 700):
        noon.shift(seconds)
        answer = book(customer_client, shop, email=STRANGER)
        send_messages(tenant.schema_name)
        sent.append((answer.status_code, len(list_mails())))

    # Three codes, whatever is asked; while the last one works it is named, then there is none any more.
    assert sent == [(403, 1), (403, 2), (403, 3), (403, 3), (403, 3), (429, 3)]
    assert (answer.json()["code"], int(answer["Retry-After"]) > 80_000) == ("too_many_codes", True)
    assert Booking.objects.count() == 3


def test_the_same_key_again_answers_the_same_and_a_guess_costs_an_attempt(customer_client, tenant, shop):
    code = ask(customer_client, shop, tenant)
    body = {
        "service": shop,
        "starts_at": "2026-11-26T15:00:00Z",
        "customer": {"name": "Ana", "email": STRANGER},
        "asset": {"make": "Nissan", "model": "Versa"},
        "may_coincide": True,
    }

    def send(typed: str, key: str):
        return customer_client.post(
            "/api/v1/bookings",
            {**body, "verification": {"code": typed}},
            content_type="application/json",
            headers={"Idempotency-Key": key},
        )

    guesses = [send(make_wrong(code), "guess").status_code for _ in range(3)]
    attempts = ContactCode.objects.get().attempts
    made, again = send(code, "once"), send(code, "once")

    assert (guesses, attempts) == ([403] * 3, 3)
    assert [made.status_code, again.status_code] == [201, 201]
    assert again.json() == made.json()
    assert Booking.objects.count() == 4


def test_guesses_at_another_business_spend_no_attempt_here(customer_client, tenant, other_tenant, shop):
    code = ask(customer_client, shop, tenant)
    ways = [Reach("email", STRANGER)]

    connection.set_tenant(other_tenant)
    guessed = [try_code(ways=ways, code=code, now=NOON) for _ in range(CODE_ATTEMPTS)]
    connection.set_tenant(tenant)

    assert guessed == [None] * CODE_ATTEMPTS
    assert try_code(ways=ways, code=code, now=NOON).address == STRANGER


def test_neither_codes_nor_recipients_are_readable(customer_client, tenant, shop):
    code = ask(customer_client, shop, tenant)

    row = ContactCode.objects.values().get()
    counts = [str(each) for each in LimitCount.objects.values()]
    assert not [value for value in row.values() if str(value) == code or "victima" in str(value)]
    assert not [each for each in counts if "victima" in each]
    message = Message.objects.get(template="contact_code")
    assert (message.status, message.body_text, code in message.subject) == ("sent", "", False)
    assert str(ContactCode.objects.get()) == f"{tenant.schema_name} until 2026-11-23 18:10"


def test_redis_that_is_down_opens_no_mailbox(customer_client, tenant, shop, settings):
    settings.REDIS_URL = "unix:///nonexistent/redis.sock"
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}}

    answers = [book(customer_client, shop, email=STRANGER).status_code for _ in range(10)]

    assert answers == [201] * 3 + [403] * 7
    work(tenant)
    assert len(list_mails()) == 4


def test_honest_people_behind_one_address_type_a_code_and_pass(customer_client, tenant, shop):
    answers = []
    for number in range(20):
        answer = book(customer_client, shop, email=f"persona-{number}@example.com", address=f"203.0.113.{number}")
        if answer.status_code == 403:
            code = read_code(tenant)
            answer = book(
                customer_client, shop, email=f"persona-{number}@example.com", code=code, address="203.0.113.9"
            )
            answers.append((answer.status_code, "code"))
        else:
            answers.append((answer.status_code, ""))

    assert answers == [(201, "")] * 6 + [(201, "code")] * 14


def test_strangers_from_four_blocks_take_a_tenth_of_three_weeks(customer_client, tenant, shop, noon):
    """By holds and by bookings with another contact each, every day for three weeks."""
    made = {"booked": 0, "kept": 0}
    for day in range(21):
        for number in range(40 if day < 3 else 4):
            address = f"198.51.{number % 4}.{number}"
            answer = book(customer_client, shop, hour=24 * day, email=f"x{day}-{number}@example.com", address=address)
            made["booked"] += answer.status_code == 201
        noon.shift(DAY)
        if day == 0:
            assert made["booked"] == 24
    for number in range(67):
        start = (NOON + DAY * 23 - timedelta(hours=3)).isoformat()
        answer = customer_client.post(
            "/api/v1/holds",
            {"service": shop, "starts_at": start},
            content_type="application/json",
            REMOTE_ADDR=f"198.51.{number % 4}.{number}",
        )
        made["kept"] += answer.status_code == 201

    assert made == {"booked": 64, "kept": 20}


def test_without_a_way_to_send_a_code_the_block_alone_counts(customer_client, tenant, shop, settings):
    settings.SMS_URL = None

    answers = [book(customer_client, shop, phone=PHONE) for _ in range(7)]

    assert [answer.status_code for answer in answers] == [201] * 6 + [429]
    assert (answers[-1].json()["code"], int(answers[-1]["Retry-After"])) == ("throttled", 86_400)
    assert Booking.objects.count() == 6


def test_of_two_contacts_the_one_that_is_written_to_has_to_be_proven(customer_client, tenant, shop, sms, wide):
    for number in range(3):
        book(customer_client, shop, phone=PHONE, email=f"eva-{number}@example.com")
    book(customer_client, shop, phone="+525512349999", email=STRANGER)

    refused = book(customer_client, shop, phone=PHONE, email=STRANGER)
    send_messages(tenant.schema_name)
    code = re.match(r"\d{6}", sms.taken[-1]["Body"])[0]
    accepted = book(customer_client, shop, phone=PHONE, email=STRANGER, code=code)

    # The phone is proven, the mailbox is not: its booking counts, as its second one.
    assert (refused.json()["channel"], accepted.status_code) == ("sms", 201)
    assert Booking.objects.latest("pk").proven_contact == "phone"
    assert [book(customer_client, shop, email=STRANGER).status_code for _ in range(2)] == [201, 403]
    both = book(customer_client, shop, phone=PHONE, email=STRANGER)
    assert both.json()["channel"] == "email"
    by_mail = book(customer_client, shop, phone=PHONE, email=STRANGER, code=read_code(tenant))
    assert (by_mail.status_code, Booking.objects.latest("pk").proven_contact) == (201, "email")


def test_staff_writes_to_whom_it_books_for(tenant, owner_client, customer_client, shop):
    """The business's own bookings ask for no code; a false business floods nobody."""
    from scheduling.services.bookings.submissions import book_slot
    from scheduling.types import CustomerDetails, SlotRequest, VisitDetails
    from tests.factories.scheduling import STAFF, make_wish

    details = VisitDetails(CustomerDetails(name="Flota", email=STRANGER, locale="es"))
    for _ in range(70):
        request = SlotRequest(make_wish(int(shop)), NOON + DAY * 3 - timedelta(hours=3))
        book_slot(request=request, details=details, now=NOON, source="workspace", by=STAFF)
    work(tenant)

    assert len(list_mails()) == 60
    assert Message.objects.filter(reason="too_many").count() == 10
    assert User.objects.filter(email=STRANGER).count() == 0


def test_a_proven_booking_moves_to_and_fro(customer_client, tenant, shop, noon):
    code = ask(customer_client, shop, tenant)
    made = book(customer_client, shop, email=STRANGER, code=code)
    token = made.json()["manage_url"].rstrip("/").rsplit("/", 1)[1]
    work(tenant)
    for number in range(6):
        noon.shift(MERGED_WITHIN)
        assert move(customer_client, token, number) == 200
        work(tenant)

    # The code, the bookings without it, the one with it, and each of its moves.
    assert len(list_mails()) == 1 + 3 + 1 + 6


WAY = Reach("email", "ana@example.com")


def test_of_sixteen_at_once_one_asks_and_one_passes(scratch_tenant, django_db_blocker, settings):
    """Races: one code is sent, five guesses are spent, one booking takes the code."""

    def in_tenant(work, *args):
        def run(_: int) -> object:
            with tenant_scope(scratch_tenant):
                try:
                    return work(*args)
                finally:
                    connection.close()

        return run

    def ask_once():
        return ask_code(to=WAY, locale="es", is_new_wanted=True, now=NOON).is_new

    with django_db_blocker.unblock(), ThreadPoolExecutor(16) as pool:
        sent = list(pool.map(in_tenant(ask_once), range(16)))
        with tenant_scope(scratch_tenant):
            code = re.search(r"\b(\d{6})\b", Message.objects.get().body_text)[1]
        wrong = [make_wrong(code)] * 16

        def try_wrong():
            return try_code(ways=[WAY], code=wrong[0], now=NOON)

        def use_right():
            proof = try_code(ways=[WAY], code=code, now=NOON)
            return proof is not None and use_code(proof, now=NOON)

        try:
            used = list(pool.map(in_tenant(use_right), range(16)))
            mine = ContactCode.objects.filter(schema_name=scratch_tenant.schema_name)
            row = mine.get()
            mine.update(used_at=None, attempts=0)
            guesses = list(pool.map(in_tenant(try_wrong), range(16)))
            attempts = mine.get().attempts
        finally:
            ContactCode.objects.all().delete()
            LimitCount.objects.all().delete()

    assert (sorted(sent), sorted(used)) == ([False] * 15 + [True], [False] * 15 + [True])
    assert row.used_at == NOON
    assert (guesses, attempts) == ([None] * 16, 5)


def test_a_code_that_was_given_back_works_again(tenant):
    ask_code(to=WAY, locale="en", is_new_wanted=True, now=NOON)
    code = re.search(r"\b(\d{6})\b", Message.objects.get().body_text)[1]
    proof = try_code(ways=[WAY], code=code, now=NOON)

    assert [use_code(proof, now=NOON) for _ in range(2)] == [True, False]
    give_code_back(proof)
    assert (use_code(proof, now=NOON), ContactCode.objects.get().attempts) == (True, 0)
    assert try_code(ways=[WAY], code=" ", now=NOON) is None


def test_a_number_that_said_stop_is_answered_like_any_other(customer_client, tenant, shop, sms):
    take_reply(Answered("+525512345678", "STOP", "SM1"), now=NOON)

    answers = [book(customer_client, shop, phone=phone) for phone in ("+525512345678", "+525587654321")]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json().keys() == answers[1].json().keys()
    work(tenant)
    assert [taken["To"] for taken in sms.taken] == ["+525587654321"]


@pytest.mark.parametrize("phone", ["+34612345678", "+19005550100", "+881612345678", "+529001234567"])
def test_a_number_that_gets_no_sms_needs_a_mailbox(customer_client, tenant, shop, sms, phone):
    alone = book(customer_client, shop, phone=phone)
    with_mail = book(customer_client, shop, phone=phone, email=STRANGER)

    assert (alone.status_code, with_mail.status_code) == (422, 201)
    assert alone.json()["errors"] == {"customer.phone": ["A este número no podemos enviar SMS. Agrega un correo."]}
    work(tenant)
    assert (sms.taken, len(list_mails())) == ([], 1)
