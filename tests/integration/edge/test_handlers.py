"""A request's way from the ASGI server: one thread for everything synchronous, the event loop for the rest."""

from __future__ import annotations

import asyncio
import io
import json
import threading

import pytest
from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import path

from config import asgi
from edge import handlers
from edge.handlers import OneThreadHandler

stays: list[tuple[str, int]] = []
"""What was passed, with the thread it was passed in."""


def pass_by(name: str) -> None:
    stays.append((name, threading.get_ident()))


class Middleware:
    """Synchronous, as ours are, with every hook that Django calls."""

    sync_capable, async_capable = True, False

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        pass_by("in")
        response = self.get_response(request)
        pass_by("out")
        return response

    def process_view(self, *_: object) -> None:
        pass_by("process_view")

    def process_exception(self, *_: object) -> None:
        pass_by("process_exception")


def answer(_request: HttpRequest) -> HttpResponse:
    pass_by("view")
    return HttpResponse("sync")


async def answer_later(_request: HttpRequest) -> HttpResponse:
    pass_by("view")
    await asyncio.sleep(0)
    return HttpResponse("async")


def fail(_request: HttpRequest) -> HttpResponse:
    raise LookupError


def tell_failure(_request: HttpRequest) -> HttpResponse:
    pass_by("failure")
    return HttpResponse("failed", status=500)


FILE = bytes(range(256)) * 1000
together = threading.Barrier(2)


def meet(_request: HttpRequest) -> HttpResponse:
    pass_by("view")
    together.wait(10)
    return HttpResponse("met")


class Reading(io.BytesIO):
    """A file that says which thread reads it, how much at a time, and when it is closed."""

    def read(self, size: int | None = -1) -> bytes:
        pass_by("read")
        return super().read(size)

    def close(self) -> None:
        pass_by("closed")
        super().close()


def send_file(_request: HttpRequest) -> FileResponse:
    pass_by("view")
    return FileResponse(Reading(FILE))


urlpatterns = [
    path("sync", answer),
    path("async", answer_later),
    path("fail", fail),
    path("meet", meet),
    path("file", send_file),
]
handler500 = tell_failure


@pytest.fixture
def handler(settings, db) -> OneThreadHandler:
    settings.MIDDLEWARE = [f"{__name__}.Middleware"]
    settings.ROOT_URLCONF = __name__
    settings.ALLOWED_HOSTS = ["*"]
    stays.clear()
    return OneThreadHandler()


@pytest.fixture
def ask(handler):
    async def send(address: str) -> tuple[int, bytes]:
        path, _, query = address.partition("?")
        raw = query.encode("latin-1")
        scope = {"type": "http", "method": "GET", "path": path, "query_string": raw, "headers": [(b"host", b"x")]}
        server = ApplicationCommunicator(handler, scope)
        await server.send_input({"type": "http.request", "body": b""})
        started, bodies = await server.receive_output(10), [await server.receive_output(10)]
        while bodies[-1].get("more_body"):
            pass_by("sent")
            bodies.append(await server.receive_output(10))
        await server.wait(10)
        pass_by("server")
        return started["status"], b"".join(each.get("body", b"") for each in bodies)

    async def send_all(addresses: tuple[str, ...]) -> list[tuple[int, bytes]]:
        return await asyncio.gather(*map(send, addresses))

    return lambda *addresses: async_to_sync(send_all)(addresses)


def find_threads() -> dict[str, set[int]]:
    threads: dict[str, set[int]] = {}
    for name, thread in stays:
        threads.setdefault(name, set()).add(thread)
    return threads


def test_everything_synchronous_runs_in_one_thread_beside_the_server(ask):
    assert ask("/sync") == [(200, b"sync")]

    threads = find_threads()
    server = threads.pop("server")
    assert list(threads) == ["in", "process_view", "view", "out"]
    (own,) = set.union(*threads.values())
    assert own not in server


def test_an_asynchronous_view_runs_where_the_server_does(ask):
    assert ask("/async") == [(200, b"async")]

    threads = find_threads()
    assert threads["view"] == threads["server"]
    assert threads["in"] == threads["process_view"] == threads["out"] != threads["view"]


def test_a_failure_is_answered_in_the_thread_of_its_request(ask):
    assert ask("/fail") == [(500, b"failed")]

    threads = find_threads()
    assert threads["failure"] == threads["in"] == threads["process_exception"]


def test_a_file_is_sent_while_it_is_read_and_nothing_is_warned_of(ask, monkeypatch, recwarn):
    monkeypatch.setattr(handlers, "release_connections", lambda: pass_by("released"))

    assert ask("/file") == [(200, FILE)]

    names = [name for name, _ in stays]
    first, last = names.index("sent"), len(names) - 1 - names[::-1].index("read")
    assert first < last  # never whole before the first byte
    assert names.index("released") < names.index("read") < names.index("closed")
    threads = find_threads()
    assert threads["read"] == threads["view"] == threads["released"]
    assert [str(each.message) for each in recwarn if "StreamingHttpResponse" in str(each.message)] == []


def test_an_empty_file_is_an_answer(ask, monkeypatch):
    monkeypatch.setattr(f"{__name__}.FILE", b"")

    assert ask("/file") == [(200, b"")]


def test_a_thread_is_kept_for_the_next_request(ask):
    for _ in range(3):
        ask("/sync")

    assert len(find_threads()["view"]) == 1


def test_requests_at_the_same_time_have_a_thread_each(ask):
    assert ask("/meet", "/meet") == [(200, b"met")] * 2

    assert len(find_threads()["view"]) == 2


def test_after_a_burst_only_some_threads_are_kept(ask, handler, monkeypatch):
    monkeypatch.setattr(handlers, "KEPT_THREADS", 1)
    ask("/meet", "/meet")

    assert len(handler._idle) == 1
    assert ask("/sync") == [(200, b"sync")]


def test_the_application_is_served_by_it():
    assert type(asgi.application) is OneThreadHandler


def test_an_address_that_is_no_text_is_refused_to_programs_in_their_form(ask):
    ((status, body), (page_status, page)) = ask("/api/v1/services?q=\xff", "/sync?q=\xff")

    assert (status, page_status, {name for name, _ in stays}) == (400, 400, {"server"})
    assert (json.loads(body)["code"], page) == ("bad_request", b"")
