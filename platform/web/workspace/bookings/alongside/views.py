"""Beside the steps of a visit: it stands still and goes on, gets late, and the team writes and takes photos of it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from accounts.policies import Permission, has_permission
from accounts.selectors.staff import list_staff
from edge.access import requires
from edge.limits import check_limits
from edge.statuses import get_status
from files.engine import LARGEST_UPLOAD_BYTES, PictureRefused, Refusal
from files.errors import StorageFull
from kernel.clock import utc_now
from kernel.errors import Conflict, Forbidden, Invalid, LimitReached
from kernel.ids import read_row_id
from kernel.limits import Ask
from scheduling.selectors.bookings.views import get_booking
from scheduling.services.aftercare.notes import pin_note, remove_note, write_note
from scheduling.services.aftercare.work_photos import add_work_photo, remove_work_photo
from scheduling.services.bookings import transitions
from scheduling.types import BookingView
from tenants.context import current_tenant
from web.errors import translate_error
from web.formats import to_local
from web.parts.toasts import Toast, Undo, find_return_address, go_on, is_fragment_asked
from web.workspace.actors import make_actor
from web.workspace.bookings.views import answer_done, describe, refuse, render_booking
from web.workspace.bookings.working.access import get_own_visit
from web.workspace.bookings.working.late import LateForm, announce
from web.workspace.bookings.working.notes import NoteForm, load_work


@requires(Permission.BOOKING_MANAGE)
@require_POST
def pause(request: HttpRequest, booking_id: int) -> HttpResponse:
    """Let work stand still, for one of the trade's reasons; a second click that finds it done is no error."""
    state = request.POST.get("state", "")
    try:
        transitions.pause_visit(booking_id=booking_id, now=utc_now(), by=make_actor(request), state=state)
    except (Conflict, Forbidden, Invalid) as error:
        return refuse(request, booking_id, error)
    undo = Undo(reverse("workspace:resume", args=[booking_id]), {"from": "board"})
    return _answer(request, booking_id, gettext("Visit paused"), undo=undo)


@requires(Permission.BOOKING_MANAGE)
@require_POST
def resume(request: HttpRequest, booking_id: int) -> HttpResponse:
    """Let work go on; a second click that finds it done is no error."""
    try:
        transitions.resume_visit(booking_id=booking_id, now=utc_now(), by=make_actor(request))
    except (Conflict, Forbidden, Invalid) as error:
        return refuse(request, booking_id, error)
    return _answer(request, booking_id, gettext("Work goes on"))


@requires(Permission.BOOKING_MANAGE)
@require_POST
def say_late(request: HttpRequest, booking_id: int) -> HttpResponse:
    """Say how late a visit gets, and tell its customer or not; what was typed stays."""
    visit = get_booking(booking_id=booking_id)
    form = LateForm(request.POST, auto_id="late-%s")
    if not form.is_valid():
        return render_booking(request, booking_id, status=422, late=form)
    try:
        title = announce(request, visit, form)
    except Invalid as error:
        form.refuse(error)
        return render_booking(request, booking_id, status=get_status(error), late=form)
    except (Conflict, Forbidden) as error:
        return refuse(request, booking_id, error)
    return _answer(request, booking_id, title)


@requires(Permission.OWN_WORK)
def keep_notes(request: HttpRequest, booking_id: int) -> HttpResponse:
    """Show notes and photos of the team, take more of them, pin a note, or remove what was written or taken."""
    visit = get_own_visit(request, booking_id)
    if request.method != "POST":
        return _render(request, visit, NoteForm())
    try:
        done = _change(request, visit)
    except (Conflict, Forbidden) as error:
        if is_fragment_asked(request):
            return refuse(request, booking_id, error)
        return _render(request, visit, NoteForm(), error=translate_error(error), status=get_status(error))
    return _say(request, visit, done) if done else _add(request, visit)


def _change(request: HttpRequest, visit: BookingView) -> str:
    """Do what a button beside a note or a photo says, and return what to say of it; empty: none was pressed."""
    now, by = utc_now(), make_actor(request)
    asked = {name: read_row_id(request.POST.get(name)) for name in ("pin", "unpin", "remove", "remove_photo")}
    chosen = next(((name, row_id) for name, row_id in asked.items() if row_id is not None), None)
    if chosen is None:
        return ""
    name, row_id = chosen
    is_anyones = has_permission(request.user, Permission.BOOKING_MANAGE)
    if name == "remove":
        remove_note(booking_id=visit.id, note_id=row_id, is_anyones=is_anyones, now=now, by=by)
        return gettext("Note removed")
    if name == "remove_photo":
        remove_work_photo(booking_id=visit.id, photo_id=row_id, is_anyones=is_anyones, now=now, by=by)
        return gettext("Photo removed")
    pin_note(booking_id=visit.id, note_id=row_id, is_pinned=name == "pin", now=now, by=by)
    return gettext("Note pinned") if name == "pin" else gettext("Note not pinned any more")


def _add(request: HttpRequest, visit: BookingView) -> HttpResponse:
    """Take the photo first: where it is refused, the note is still in its field."""
    is_panel = is_fragment_asked(request)
    form = NoteForm(request.POST, auto_id="note-%s" if is_panel else "id_%s")
    photo = request.FILES.get("photo")
    if not form.is_valid() or not form.require_something(has_photo=photo is not None):
        return _refuse(request, visit, form)
    text = form.cleaned_data["text"]
    try:
        if photo is not None:
            _take(request, visit, photo)
        if text.strip():
            is_pinned = form.cleaned_data["is_pinned"]
            write_note(booking_id=visit.id, text=text, is_pinned=is_pinned, now=utc_now(), by=make_actor(request))
    except PictureRefused as error:
        return _refuse(request, visit, form, error=translate_error(error), status=get_status(error))
    except Invalid as error:
        form.refuse(error)
        return _refuse(request, visit, form, status=get_status(error))
    except (Conflict, Forbidden, StorageFull, LimitReached) as error:
        return _refuse(request, visit, form, error=translate_error(error), status=get_status(error))
    return _say(request, visit, gettext("Photo kept") if photo is not None else gettext("Note kept"))


def _take(request: HttpRequest, visit: BookingView, sent: UploadedFile[Any]) -> None:
    if (sent.size or 0) > LARGEST_UPLOAD_BYTES:  # what is that large is not read into memory
        raise PictureRefused(Refusal.TOO_MANY_BYTES)
    check_limits(Ask("pictures_business", current_tenant().schema_name))
    by = make_actor(request)
    add_work_photo(booking_id=visit.id, content=sent.read(), user=request.user, now=utc_now(), by=by)


def _answer(request: HttpRequest, booking_id: int, title: str, *, undo: Undo | None = None) -> HttpResponse:
    booking = get_booking(booking_id=booking_id)
    return answer_done(request, booking, Toast(title=title, text=describe(booking), undo=undo))


def _say(request: HttpRequest, visit: BookingView, title: str) -> HttpResponse:
    """Say what was done, where it was done."""
    toast = Toast(title=title, text=describe(visit))
    if is_fragment_asked(request):
        return answer_done(request, visit, toast)
    query = {"from": "mine"} if _is_from_day(request) else {}
    page = reverse("workspace:notes", args=[visit.id]) + (f"?{urlencode(query)}" if query else "")
    return go_on(request, toast, to=find_return_address(request, default=page))


def _refuse(
    request: HttpRequest, visit: BookingView, form: NoteForm, *, error: str = "", status: int = 422
) -> HttpResponse:
    if is_fragment_asked(request):
        return render_booking(request, visit.id, status=status, note=form, error=error)
    return _render(request, visit, form, error=error, status=status)


def _is_from_day(request: HttpRequest) -> bool:
    return "mine" in (request.GET.get("from"), request.POST.get("from"))


def _render(
    request: HttpRequest, visit: BookingView, form: NoteForm, *, error: str = "", status: int = 200
) -> HttpResponse:
    work = load_work(
        visit,
        names={person.id: person.name for person in list_staff()},
        user_id=request.user.pk or 0,
        may_work=True,
        is_anyones=has_permission(request.user, Permission.BOOKING_MANAGE),
    )
    on = to_local(visit.starts_at, visit.timezone).date()
    day_url = f"{reverse('workspace:mine')}?date={on.isoformat()}"
    is_from_day = _is_from_day(request)
    context = {
        "visit": visit,
        "work": work,
        "form": form,
        "error": error,
        "is_from_day": is_from_day,
        "back_url": day_url if is_from_day else reverse("workspace:booking", args=[visit.id]),
    }
    return render(request, "workspace/working/page.html", context, status=status)
