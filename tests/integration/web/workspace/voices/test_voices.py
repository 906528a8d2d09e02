"""Staff reads what customers say, and answers."""

from __future__ import annotations

import re

import pytest

from kernel.clock import utc_now
from scheduling.models import Booking, ConversationLine, DataRequest, Feedback
from scheduling.services.messages.manage_tokens import make_manage_token
from tenants.models import Tenant
from tenants.selectors.resolution import forget_tenants
from tests.integration.web.booking.test_manage import address, text_of

__all__ = ["address"]


@pytest.fixture
def booking(address) -> Booking:
    """A visit that is over, rated low and published, whose customer also wrote and asked."""
    Booking.objects.update(status="completed", completed_at=utc_now())
    booking = Booking.objects.get()
    Feedback.objects.create(booking=booking, score=2, comment="Tardaron", may_publish=True, created_at=utc_now())
    ConversationLine.objects.create(booking=booking, author="customer", text="¿Siguen ahí?", written_at=utc_now())
    DataRequest.objects.create(booking=booking, kind="erasure", asked_at=utc_now())
    return booking


def test_opinion_is_answered_and_hidden(owner_client, booking):
    page = owner_client.get("/workspace/voices/?kind=low&lang=es")
    assert "Tardaron" in text_of(page)

    owner_client.post(f"/workspace/voices/{booking.pk}/answer/", {"answer": "Lo sentimos"})
    refused = owner_client.post(f"/workspace/voices/{booking.pk}/hide/", {"reason": ""})
    assert refused.status_code == 422
    assert Feedback.objects.get().hidden_at is None
    owner_client.post(f"/workspace/voices/{booking.pk}/hide/", {"reason": "Nombra a alguien"})

    said = Feedback.objects.get()
    assert (said.answer, said.hidden_reason) == ("Lo sentimos", "Nombra a alguien")
    assert "Nombra a alguien · Olga Owner," in text_of(owner_client.get("/workspace/voices/?lang=es"))
    owner_client.post(f"/workspace/voices/{booking.pk}/show/")
    assert Feedback.objects.get().hidden_at is None
    shown = text_of(owner_client.get("/workspace/voices/?lang=es"))
    assert ("Nombra a alguien · Olga Owner," in shown, "Se muestra de nuevo · Olga Owner," in shown) == (True, True)


@pytest.mark.parametrize(("role", "is_led"), [("manager", True), ("receptionist", False)])
def test_the_way_to_the_settings_is_for_those_who_may_go_there(staff_client, tenant, booking, role, is_led):
    Tenant.objects.filter(pk=tenant.id).update(profile={"feedback": "off"})
    forget_tenants()

    page = staff_client(role).get("/workspace/voices/?lang=es").content.decode().partition("<main")[2]

    assert "A los clientes no se les pregunta" in page
    assert ('href="/workspace/settings/business/"' in page) is is_led


def test_conversation_is_answered_in_the_booking(owner_client, booking):
    assert "¿Siguen ahí?" in text_of(owner_client.get("/workspace/voices/waiting/"))
    page = owner_client.get(f"/workspace/bookings/{booking.pk}/")
    assert "¿Siguen ahí?" in text_of(page)
    (seen,) = re.findall(r'name="seen" value="(\d+)"', page.content.decode())

    answer = owner_client.post(f"/workspace/voices/{booking.pk}/message/", {"text": "Aquí seguimos", "seen": seen})

    assert answer.headers["Location"] == f"/workspace/bookings/{booking.pk}/"
    assert list(ConversationLine.objects.order_by("pk").values_list("author", "text")) == [
        ("customer", "¿Siguen ahí?"),
        ("staff", "Aquí seguimos"),
    ]
    assert "¿Siguen ahí?" not in text_of(owner_client.get("/workspace/voices/waiting/"))


def test_what_nobody_has_read_is_not_put_away(owner_client, booking):
    page = owner_client.get("/workspace/voices/waiting/").content.decode()
    (seen,) = re.findall(r'name="seen" value="(\d+)"', page)
    ConversationLine.objects.create(booking=booking, author="customer", text="¿Hola?", written_at=utc_now())

    owner_client.post(f"/workspace/voices/{booking.pk}/settle/", {"seen": seen})
    owner_client.post(f"/workspace/voices/{booking.pk}/settle/", {"seen": "x" * 40})
    shown = text_of(owner_client.get("/workspace/voices/waiting/"))

    assert ("¿Siguen ahí?" in shown, "¿Hola?" in shown) == (False, True)


def test_wish_is_answered(owner_client, booking):
    wish = DataRequest.objects.get()

    owner_client.post(f"/workspace/voices/requests/{wish.pk}/", {"answer": "Ya lo borramos"})
    again = owner_client.post(f"/workspace/voices/requests/{wish.pk}/", {"answer": "Otra vez"})

    assert again.status_code == 404
    assert "Otra vez" in again.content.decode()  # what the second one typed is not lost
    assert DataRequest.objects.get().answer == "Ya lo borramos"


@pytest.mark.parametrize("status", ["suspended", "closed"])
def test_wish_is_answered_in_every_state_of_the_business(owner_client, tenant, booking, status):
    Tenant.objects.filter(pk=tenant.id).update(status=status)
    forget_tenants()
    address = f"/workspace/voices/requests/{DataRequest.objects.get().pk}/"
    page = owner_client.get("/workspace/voices/waiting/").content.decode()
    assert (f'action="{address}"' in page, "/settle/" in page) == (True, False)

    owner_client.post(address, {"answer": "Ya lo borramos"})

    assert DataRequest.objects.get().answer == "Ya lo borramos"


@pytest.mark.parametrize("count", [1, 3])
def test_lists_take_as_many_queries_for_any_length(owner_client, booking, django_assert_num_queries, count):
    for number in range(1, count):
        other = Booking.objects.get(pk=booking.pk)
        other.pk, other.reference = None, f"X{number}"
        other.ics_uid, other.token_hash = f"uid-{number}", f"hash{number}"
        other._state.adding = True
        other.save()
        Feedback.objects.create(booking=other, score=3, comment="Bien", created_at=utc_now())
    owner_client.get("/workspace/voices/")

    with django_assert_num_queries(5):  # the session, the person, the list, the sum, and who may see it
        owner_client.get("/workspace/voices/")


def test_link_of_the_message_opens_the_conversation(customer_client, booking):
    page = customer_client.get(f"/b/{make_manage_token(booking)}/messages/")

    assert "¿Siguen ahí?" in text_of(page)
