"""The part of a service's form about deposit and refunds, with its example in money."""

from __future__ import annotations

import pytest

from scheduling.enums import DepositKind
from scheduling.models import Service
from tests.factories.billing import take_transfers
from tests.factories.scheduling import make_shop
from tests.integration.billing.cards.conftest import account_id, till  # noqa: F401 - fixtures
from tests.integration.web.workspace.browser_form import read_form

TERMS = (
    "deposit_kind", "deposit_minor", "is_deposit_fee", "refund_free_minutes", "refund_kept_percent",
    "refund_no_show_percent", "deposit_above_minor", "deposit_within_minutes", "deposit_ahead_minutes",
    "deposit_first_visit", "deposit_outside_hours", "deposit_must_prepay",
)  # fmt: skip
TYPED = {
    "deposit_kind": "fixed", "deposit_minor": "300", "refund_free_minutes": "24", "refund_free_minutes_unit": "hours",
    "refund_kept_percent": "50", "refund_no_show_percent": "", "deposit_above_minor": "500",
    "deposit_within_minutes": "7", "deposit_within_minutes_unit": "days", "deposit_first_visit": "on",
}  # fmt: skip


@pytest.fixture
def url(tenant) -> str:
    take_transfers()
    service_id, _ = make_shop(price_minor=100000)
    return f"/workspace/services/{service_id}/"


def read_row() -> tuple:
    return Service.objects.filter(price_minor=100000).values_list(*TERMS).get()


def fill(client, url, **values):
    return read_form(client, url) | {**TYPED, **values}


def test_terms_are_saved_and_shown_again(owner_client, url):
    owner_client.post(url, fill(owner_client, url))

    saved = ("fixed", 30000, False, 1440, 50, 100, 50000, 10080, None, True, False, False)
    assert read_row() == saved
    owner_client.post(url, read_form(owner_client, url))
    assert read_row() == saved


def test_terms_go_with_the_deposit_even_if_they_are_wrong(owner_client, url):
    owner_client.post(url, fill(owner_client, url))

    answer = owner_client.post(url, fill(owner_client, url, deposit_kind="none", refund_kept_percent="900"))

    assert answer.status_code == 302
    assert read_row() == ("none", 0, False, None, 100, 100, None, None, None, False, False, False)


def test_terms_that_no_table_can_have_are_refused(owner_client, url):
    answer = owner_client.post(url, fill(owner_client, url, refund_kept_percent="101"))

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["refund_kept_percent"])
    assert read_row()[0] == "none"


def show(client, url, **values) -> list[tuple[str, str]]:
    answer = client.post(url, fill(client, url, do="example", **values))
    example = answer.context["form"].deposit_example
    return [(each.what, each.result) for each in example.lines] if example else []


def test_example_follows_what_is_typed_and_saves_nothing(owner_client, url):
    lines = show(owner_client, url, refund_no_show_percent="100")

    assert lines == [
        ("Ana cancela 1 día antes", "Ana recibe los $300 completos"),
        ("Ana cancela 12\xa0h antes", "te quedas con $150 de $300"),
        ("Ana no llega", "te quedas con $300 de $300"),
        ("Tú cancelas", "Ana recibe los $300 completos"),
        ("Ana viene", "paga $700 más"),
    ]
    assert read_row()[0] == "none"


def test_example_of_a_fee_and_of_a_free_cancellation(owner_client, url):
    fee = show(owner_client, url, is_deposit_fee="on")
    free = show(owner_client, url, refund_free_minutes="0")
    tight = show(owner_client, url, refund_free_minutes="1", refund_free_minutes_unit="minutes")

    assert fee[0] == ("Ana cancela 1 día antes", "te quedas con $300 de $300")
    assert free[0] == ("Ana cancela 1\xa0h antes", "Ana recibe los $300 completos")
    assert [each for each, _ in tight][:2] == ["Ana cancela 1\xa0min antes", "Ana no llega"]


@pytest.mark.parametrize(
    "values",
    [{"deposit_kind": "none"}, {"deposit_kind": "x"}, {"refund_kept_percent": "x"}, {"deposit_minor": "0"}],
)
def test_example_waits_for_numbers_that_can_be(owner_client, url, values):
    assert show(owner_client, url, **values) == []


def test_part_is_left_out_where_nobody_could_pay(owner_client, tenant):
    service_id, _ = make_shop(price_minor=100000)

    form = owner_client.get(f"/workspace/services/{service_id}/").context["form"]

    assert "deposit" not in [each.part.key for each in form.drawn_parts]
    assert form.deposit_example is None


def test_example_of_a_full_price_has_nothing_left_to_pay(owner_client, url):
    Service.objects.filter(price_minor=100000).update(deposit_kind=DepositKind.FULL)

    example = owner_client.get(url).context["form"].deposit_example

    assert [each.what for each in example.lines][-1] == "Tú cancelas"


def test_card_alone_is_offered_where_cards_are_taken(till, account_id, owner_client, url):  # noqa: F811
    lines = show(
        owner_client, url, is_deposit_on_card="on", refund_no_show_percent="100", deposit_above_minor="",
        deposit_first_visit="",
    )  # fmt: skip
    answer = owner_client.post(url, fill(owner_client, url, is_deposit_on_card="on"))

    row = Service.objects.get(price_minor=100000)
    assert (answer.status_code, row.is_deposit_on_card, row.deposit_minor) == (302, True, 30000)
    assert lines == [
        ("Ana cancela 1 día antes", "a Ana no se le cobra nada"),
        ("Ana cancela 12\xa0h antes", "puedes cobrarle a Ana $150"),
        ("Ana no llega", "puedes cobrarle a Ana $300"),
        ("Tú cancelas", "a Ana no se le cobra nada"),
        ("Ana viene", "paga $1,000"),
    ]


def test_card_alone_is_no_booking_fee(till, account_id, owner_client, url):  # noqa: F811
    answer = owner_client.post(url, fill(owner_client, url, is_deposit_on_card="on", is_deposit_fee="on"))

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["is_deposit_fee"])
    assert not Service.objects.get(price_minor=100000).is_deposit_on_card


def test_card_alone_is_asked_of_nobody_where_no_card_is_taken(owner_client, url):
    values = fill(owner_client, url, is_deposit_on_card="on")

    owner_client.post(url, values)

    assert not Service.objects.get(price_minor=100000).is_deposit_on_card
