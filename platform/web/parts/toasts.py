"""Answers in two shapes: a page for plain forms, a fragment with a toast for htmx."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import trigger_client_event
from django_htmx.middleware import HtmxDetails

from edge.closed import TOAST

REFRESH = "board:refresh"


@dataclass(frozen=True, slots=True)
class Undo:
    """A post that takes back what was done; ``page_url`` says the same without fields, for the form of a page."""

    url: str
    fields: Mapping[str, str]
    page_url: str = ""


@dataclass(frozen=True, slots=True)
class ToastLink:
    """A way on from a notice."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Toast:
    """A short notice; ``tone`` is ``ok`` or ``bad``. Texts are translated."""

    title: str
    text: str = ""
    tone: str = "ok"
    undo: Undo | None = None
    links: tuple[ToastLink, ...] = ()


def is_fragment_asked(request: HttpRequest) -> bool:
    """Tell whether htmx asks for a part of a page (and not for one that it lost from its history)."""
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]  # by django-htmx's middleware
    return bool(htmx) and not htmx.history_restore_request


def add_triggers(response: HttpResponse, toast: Toast) -> HttpResponse:
    """Let the page refresh its board and show the toast."""
    trigger_client_event(response, TOAST, asdict(toast))
    trigger_client_event(response, REFRESH)
    return response


def answer_quietly(toast: Toast, *, status: int = 204) -> HttpResponse:
    """Answer htmx without a new fragment: the board refreshes itself."""
    return add_triggers(HttpResponse(status=status), toast)


def go_on(request: HttpRequest, toast: Toast, *, to: str) -> HttpResponse:
    """Answer a plain form: show the notice on the next page, with its undo if its address says all."""
    level = messages.ERROR if toast.tone == "bad" else messages.SUCCESS
    text = f"{toast.title}: {toast.text}" if toast.text else toast.title
    undo_url = toast.undo.page_url if toast.undo else ""
    if toast.undo and toast.undo.fields.keys() <= {"from"}:
        undo_url = toast.undo.url
    messages.add_message(request, level, text, extra_tags=undo_url)
    return redirect(to, permanent=False)


def find_return_address(request: HttpRequest, *, default: str) -> str:
    """Return where the form wants to come back to, when that is a page of this host."""
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/workspace/")
    return wanted if is_ours else default
