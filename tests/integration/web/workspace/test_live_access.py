"""A live stream ends within seconds when its listener may not listen any more, with Redis and without."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings

from accounts.enums import Role
from accounts.models import Session, User
from accounts.services import team
from accounts.services.people import add_person
from devtools.scratch.browser import HostClient
from kernel.clock import utc_now
from tenants.context import tenant_scope
from tenants.enums import TenantStatus
from tenants.hosts import make_base_url
from tenants.models import Tenant
from tenants.selectors.resolution import forget_tenants
from tenants.services.addresses.moving import change_address
from tests.fakes.failing.processes import Site, running_site

NO_REDIS = "redis://127.0.0.1:1/0"
SOON = 5.0
"""Seconds; a stream lives for 300 by itself."""


@pytest.fixture(scope="module", params=["redis", "no redis"])
def served(request, tenants, django_db_blocker, tmp_path_factory) -> Iterator[tuple[Site, str]]:
    """The product in a process of its own, as the guide starts it; and the first event of its streams."""
    variables = {} if request.param == "redis" else {"REDIS_URL": NO_REDIS}
    with (
        django_db_blocker.unblock(),
        running_site(tenants["taller"], tmp_path_factory.mktemp("live") / "log", **variables) as running,
    ):
        yield running, "ready" if request.param == "redis" else "down"


@pytest.fixture
def person(scratch_tenant, django_db_blocker) -> tuple[User, str]:
    """A receptionist and the key of their session."""
    with django_db_blocker.unblock(), tenant_scope(scratch_tenant):
        made = add_person(name="Rosa", email="rosa@x.example", role=Role.RECEPTIONIST, locale="es")
        user = User.objects.get(pk=made.id)
        client = HostClient(scratch_tenant.primary_host)
        client.force_login(user)
        return user, client.session.session_key


class Stream:
    """An open stream over HTTP; waits at most `SOON` for each line."""

    def __init__(self, site: Site, host: str, session_key: str) -> None:
        self.line = http.client.HTTPConnection("127.0.0.1", site.port, timeout=SOON)
        cookie = f"{settings.SESSION_COOKIE_NAME}={session_key}"
        self.line.request("GET", "/workspace/live/", headers={"Host": host, "Cookie": cookie})
        self.answer = self.line.getresponse()
        self.seen: list[str] = []

    def read_until(self, event: str) -> None:
        while f"event: {event}" not in self.seen:
            line = self.answer.readline()
            assert line, self.seen
            self.seen.append(line.decode().strip())

    def read_to_the_end(self) -> list[str]:
        """Return what still came; a stream that goes on is a TimeoutError."""
        before = len(self.seen)
        while line := self.answer.readline():
            self.seen.append(line.decode().strip())
        return [each for each in self.seen[before:] if each.startswith("event: ")]


def change_state(tenant, status: TenantStatus) -> None:
    Tenant.objects.filter(schema_name=tenant.schema_name).update(status=status)
    forget_tenants()


CHANGES: dict[str, Callable] = {
    "deactivated": lambda tenant, user: team.deactivate(user.pk, by=User.objects.get(role=Role.OWNER), now=utc_now()),
    "another role": lambda tenant, user: User.objects.filter(pk=user.pk).update(role=Role.OWNER),
    "another password": lambda tenant, user: User.objects.filter(pk=user.pk).update(password="x"),
    "signed out everywhere": lambda tenant, user: Session.objects.all().delete(),
    "session over": lambda tenant, user: Session.objects.update(expire_date=utc_now()),
    "suspended": lambda tenant, user: change_state(tenant, TenantStatus.SUSPENDED),
    "closed": lambda tenant, user: change_state(tenant, TenantStatus.CLOSED),
}


AGAIN = {"another role": 200, "suspended": 200, "closed": 403}
"""Whoever asks for a new stream after a change gets it where staff may still read; others are sent to sign in."""


@pytest.mark.parametrize("change", CHANGES)
def test_stream_ends_soon_and_its_listener_is_asked_again(served, scratch_tenant, person, django_db_blocker, change):
    site, first_event = served
    user, key = person
    stream = Stream(site, scratch_tenant.primary_host, key)
    assert stream.answer.status == 200
    stream.read_until(first_event)

    with django_db_blocker.unblock(), tenant_scope(scratch_tenant):
        CHANGES[change](scratch_tenant, user)

    assert stream.read_to_the_end() == []
    assert Stream(site, scratch_tenant.primary_host, key).answer.status == AGAIN.get(change, 302)


def test_stream_of_an_address_that_was_changed_says_where_it_goes_on(served, scratch_tenant, person, django_db_blocker):
    site, first_event = served
    stream = Stream(site, scratch_tenant.primary_host, person[1])
    stream.read_until(first_event)

    with django_db_blocker.unblock(), tenant_scope(scratch_tenant):
        moved = change_address(slug=f"{scratch_tenant.slug}-2", author_id=None, now=utc_now())

    assert stream.read_to_the_end()[-1] == "event: moved"
    assert f'data: {{"home": "{make_base_url(moved.home_host)}"}}' in stream.seen
    again = Stream(site, scratch_tenant.primary_host, person[1]).answer
    assert (again.status, again.headers["Location"]) == (308, f"{make_base_url(moved.home_host)}/workspace/live/")
