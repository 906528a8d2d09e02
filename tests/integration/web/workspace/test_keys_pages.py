"""Pages of keys: a key is made with a password and shown once, and ends with a press that is asked for again."""

from __future__ import annotations

import re

import pytest

from accounts.models import ApiKey
from audit.models import Entry
from kernel.clock import utc_now
from kernel.ids import hash_token
from tests.conftest import OWNER_PASSWORD
from tests.factories.accounts import make_key

PATH = "/workspace/keys/"
TYPED = {"name": "Contabilidad", "bookings": "read", "password": OWNER_PASSWORD}


def test_new_key_is_shown_once(owner_client):
    answer = owner_client.post(f"{PATH}new/", TYPED)
    page = answer.content.decode()
    token = re.search(r'value="(tk_[\w-]+)"', page)[1]
    listed = owner_client.get(PATH).content.decode()

    row = ApiKey.objects.get()
    assert (answer.status_code, answer["Cache-Control"]) == (201, "private, no-store")
    assert (row.token_hash, row.access) == (hash_token(token), {"bookings": "read"})
    assert (token in listed, row.prefix in listed, "Contabilidad" in listed) == (False, True, True)
    assert "Citas: Leer" in listed


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"name": ""}, 'id="f-name_error"'),
        ({"bookings": ""}, "Elige para qué sirve la clave."),
        ({"bookings": "everything"}, 'id="f-bookings_error"'),
        ({"password": "wrong"}, 'id="f-password_error"'),
        ({"password": ""}, 'id="f-password_error"'),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_stays(owner_client, changes, text):
    answer = owner_client.post(f"{PATH}new/", {**TYPED, **changes})
    page = answer.content.decode()

    assert (answer.status_code, ApiKey.objects.count()) == (422, 0)
    assert text in page
    assert "tk_" not in page


def test_sending_the_form_again_makes_no_second_key(owner_client):
    statuses = [owner_client.post(f"{PATH}new/", TYPED).status_code for _ in range(2)]

    assert (statuses, ApiKey.objects.count()) == ([201, 422], 1)


def test_as_many_keys_as_there_may_be_is_said(owner_client, monkeypatch):
    monkeypatch.setattr("accounts.services.keys.MOST_KEYS", 0)

    answer = owner_client.post(f"{PATH}new/", TYPED)

    assert (answer.status_code, "Tienes 50 claves" in answer.content.decode()) == (409, True)


def test_key_is_revoked_after_a_question(owner_client):
    make_key({"bookings": "write"}, name="Caja", last_used_at=utc_now())
    key = ApiKey.objects.get()

    asked = owner_client.get(f"{PATH}{key.pk}/revoke/").content.decode()
    working = ApiKey.objects.get().revoked_at is None
    answer = owner_client.post(f"{PATH}{key.pk}/revoke/")
    listed = owner_client.get(PATH).content.decode()

    assert ("<b>Caja</b>" in asked, working) == (True, True)
    assert (answer.status_code, answer["Location"]) == (302, PATH)
    assert ApiKey.objects.get().revoked_at is not None
    assert "Revocadas en los últimos 30 días" in listed
    assert "Ningún programa tiene una clave todavía." in listed
    assert [each.fields for each in Entry.objects.filter(noun="person")] == [{"api_key": [key.prefix, None]}]
    assert "Se revocó una clave de un programa" in owner_client.get("/workspace/people/").content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_key_that_does_not_exist_is_404(owner_client, method):
    assert getattr(owner_client, method)(f"{PATH}999/revoke/").status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_number_of_queries_is_constant(owner_client, number, django_assert_num_queries):
    owner_client.get(PATH)
    for _ in range(number):
        make_key({"bookings": "read"})

    with django_assert_num_queries(4):
        owner_client.get(PATH)
