"""What the page about one booking shows, put together from the rooms that know it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext

from accounts.policies import Permission, has_permission
from accounts.selectors.staff import list_staff
from notifications.enums import KEPT_BACK, Channel, MessageReason, MessageStatus
from notifications.selectors.messages import list_messages
from notifications.types.messages import MessageView, Subject
from scheduling.enums import BookingStatus, CancelCause
from scheduling.policies import TAKEN_BACK
from scheduling.selectors.aftercare.conversations import list_conversation
from scheduling.selectors.aftercare.feedback import find_feedback
from scheduling.selectors.bookings import views as bookings
from scheduling.selectors.bookings.history import HistoryStep, find_last_step, list_history
from scheduling.selectors.bookings.past_moves import ContentChange, list_content_changes
from scheduling.selectors.bookings.series import SeriesView, find_series
from scheduling.services.aftercare.delays import DELAYABLE
from scheduling.services.messages.manage_tokens import make_manage_token, make_manage_url
from scheduling.types import Answer, BookingView
from scheduling.types.aftercare.views import ConversationView, FeedbackView
from tenants.context import current_tenant
from tenants.enums import Ability
from tenants.policies import may_business
from verticals.contract import Vertical
from verticals.registry import get_vertical
from web.formats import capitalize, describe_series, to_local
from web.parts.status_looks import StatusLook, get_look, get_pause_look
from web.templatetags.formats import get_current_formats, local_date_time
from web.workspace.bookings.actions import Action, is_changeable, is_movable, is_resizable, list_actions, may_end
from web.workspace.bookings.answers import show_answer
from web.workspace.bookings.changes import describe_changes
from web.workspace.bookings.deposits import PayLink, find_pay_link
from web.workspace.bookings.payments import BookingMoney, load_money
from web.workspace.bookings.working.access import is_given_to
from web.workspace.bookings.working.notes import WorkPart, load_work

MESSAGE_TONES = {
    MessageStatus.SENT: "good",
    MessageStatus.FAILED: "bad",
    MessageStatus.QUEUED: "info",
    MessageStatus.SENDING: "info",
}


CHANGED_LOOK = StatusLook("", "", "list-checks", "")
LONGEST_IN_ROW = 14
"""Letters of an answer that stands beside others: a plate does, a VIN has a row of its own."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of the page."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class StepLine:
    """A line of the history."""

    at: datetime
    status: str
    look: StatusLook
    text: str
    author: str
    reason: str


@dataclass(frozen=True, slots=True)
class MessageLine:
    """A line of the message log."""

    message: MessageView
    channel: str | Promise
    status: str | Promise
    tone: str
    reason: str | Promise


@dataclass(frozen=True, slots=True)
class SaidLine:
    """A line of the conversation with the customer; ``author``: who of the staff wrote it, empty: the customer."""

    line: ConversationView
    author: str


@dataclass(frozen=True, slots=True)
class BookingPage:
    """Everything about a booking; ``actions`` is empty for those who may only look.

    Attributes:
        undo: The look of the step that can be taken back.
        work: Notes and photos, of the customer and of the team.
        pauses: The reasons for which work may stand still now, by their keys: none but while it goes on.
        may_be_late: Somebody waits who could be told that it takes longer.
        may_write: The person may write to the customer.
        is_waited_for: The customer wrote, and nobody has answered.
        series: The dates that were booked with it; None: it was booked alone.
        money: Its deposit, and what else was paid.
        pay_link: Where its deposit is paid; None: none is waited for, or the person may only look.
        fee_link: Where the fee is paid for which the customer was asked; empty: none is.
    """

    booking: BookingView
    look: StatusLook
    source: str | Promise
    why: str
    asset_facts: tuple[Fact, ...]
    answer_facts: tuple[Fact, ...]
    actions: tuple[Action, ...]
    is_movable: bool
    is_changeable: bool
    is_resizable: bool
    may_correct: bool
    may_set_level: bool
    undo: StatusLook | None
    history: tuple[StepLine, ...]
    messages: tuple[MessageLine, ...]
    work: WorkPart
    pauses: tuple[tuple[str, StatusLook], ...]
    may_be_late: bool
    conversation: tuple[SaidLine, ...]
    feedback: FeedbackView | None
    may_write: bool
    is_waited_for: bool
    series: SeriesView | None
    money: BookingMoney
    pay_link: PayLink | None
    fee_link: str = ""

    @property
    def dates(self) -> tuple[tuple[BookingView, StatusLook], ...]:
        """Return the dates of its series, each with how it stands."""
        return tuple((each, get_look(each.status)) for each in self.series.bookings) if self.series else ()

    @property
    def following(self) -> tuple[BookingView, ...]:
        """Return the later dates of its series that can be canceled along."""
        return tuple(each for each in self.series.after if may_end(each.status)) if self.series else ()

    @property
    def series_words(self) -> str:
        """Say which one of the series it is, how often it was booked, and until when."""
        return describe_series(get_current_formats(), self.series) if self.series else ""

    @property
    def is_paused(self) -> bool:
        """Tell whether work stands still, and somebody may let it go on."""
        return bool(self.pauses and self.booking.progress.pause)

    @property
    def expected_at(self) -> datetime | None:
        """Return when the visit begins, or is done, after what was announced; None: as agreed."""
        booking = self.booking
        late = booking.progress.late_minutes if booking.status in DELAYABLE else 0
        due = booking.ends_at if booking.status == BookingStatus.IN_PROGRESS else booking.starts_at
        return due + timedelta(minutes=late) if late else None

    @property
    def last_line_id(self) -> int:
        """Return the newest line of the conversation: whoever answers has read as far as that; 0: there is none."""
        return self.conversation[-1].line.id if self.conversation else 0

    @property
    def day_url(self) -> str:
        """Return the board of the booking's day."""
        on = to_local(self.booking.starts_at, self.booking.timezone).date()
        return f"{reverse('workspace:board')}?date={on.isoformat()}"


def load_booking_page(*, booking_id: int, user: object, now: datetime) -> BookingPage:
    """Put the page together.

    Raises:
        BookingNotFound: There is no such booking in this tenant.
    """
    booking = bookings.get_booking(booking_id=booking_id)
    names = _name_staff()
    said = list_conversation(booking_id=booking_id)
    may_act = has_permission(user, Permission.BOOKING_MANAGE) and may_business(Ability.STEP)
    series = find_series(booking, is_customers=False)
    money = load_money(booking, names)
    is_fee_asked = may_act and money.fee is not None and money.fee.is_asked
    return BookingPage(
        booking=booking,
        look=get_look(
            booking.status,
            is_attendance_confirmed=booking.attendance_confirmed_at is not None,
            pause=booking.progress.pause,
        ),
        source=booking.source.label,
        why=describe_cause(booking.cancelled_cause, booking.cancelled_reason),
        asset_facts=_list_asset_facts(booking),
        answer_facts=_list_answer_facts(booking),
        actions=list_actions(
            status=booking.status,
            starts_at=booking.starts_at,
            now=now,
            timezone=booking.timezone,
            has_following=series is not None and any(may_end(each.status) for each in series.after),
            is_on_card=booking.agreed.is_on_card,
        )
        if may_act
        else (),
        is_movable=may_act and is_movable(booking.status),
        is_changeable=may_act and is_changeable(booking.status),
        is_resizable=may_act and not booking.is_group and is_resizable(booking.status),
        may_correct=may_act and booking.status != BookingStatus.HELD,
        may_set_level=booking.customer_id is not None and has_permission(user, Permission.CUSTOMER_MANAGE),
        undo=_find_undo(booking) if may_act else None,
        history=join_history(
            list_history(booking_id=booking_id), list_content_changes(booking_id=booking_id), names, booking
        ),
        messages=tuple(describe_message(each) for each in list_messages(about=Subject("booking", booking_id))),
        work=_load_work(booking, user, names),
        pauses=_list_pauses(booking) if may_act else (),
        may_be_late=may_act and booking.status in DELAYABLE,
        conversation=tuple(SaidLine(line, names.get(line.user_id or 0, "")) for line in said),
        feedback=find_feedback(booking_id=booking_id) if booking.status == BookingStatus.COMPLETED else None,
        may_write=may_act,
        is_waited_for=any(line.is_waiting for line in said),
        series=series,
        money=money,
        fee_link=make_manage_url(make_manage_token(booking)) if is_fee_asked else "",
        pay_link=find_pay_link(booking, now=now) if may_act else None,
    )


def _load_work(booking: BookingView, user: object, names: Mapping[int, str]) -> WorkPart:
    return load_work(
        booking,
        names=names,
        user_id=getattr(user, "pk", None) or 0,
        may_work=is_given_to(user, booking),
        is_anyones=has_permission(user, Permission.BOOKING_MANAGE),
    )


def _list_pauses(booking: BookingView) -> tuple[tuple[str, StatusLook], ...]:
    if booking.status != BookingStatus.IN_PROGRESS:
        return ()
    vertical, _ = _get_vertical()
    return tuple((pause.key, get_pause_look(pause.key)) for pause in vertical.pauses)


def _find_undo(booking: BookingView) -> StatusLook | None:
    if booking.status not in TAKEN_BACK:
        return None
    last = find_last_step(booking_id=booking.id)
    if last is None or last.before is None or last.before.status not in TAKEN_BACK[booking.status]:
        return None
    return get_look(booking.status)


def join_history(
    steps: Sequence[HistoryStep],
    changes: Sequence[ContentChange],
    names: Mapping[int, str],
    booking: BookingView,
) -> tuple[StepLine, ...]:
    """Put steps and changes of what the visit is about into words, by time; what a change did beside is no other."""
    by_moment = {each.at: each for each in changes}
    beside = {step.at: step for step in steps if step.at in by_moment and not step.is_status_new}
    others = [step for step in steps if beside.get(step.at) is not step]
    lines = describe_history(others, names, booking.timezone, booking.currency)
    told = [
        StepLine(
            at=each.at,
            status="",
            look=CHANGED_LOOK,
            text=describe_contents(each, booking.timezone),
            author=names.get(each.user_id or 0, ""),
            reason=beside[each.at].reason if each.at in beside else "",
        )
        for each in changes
    ]
    return tuple(sorted((*told, *lines), key=attrgetter("at")))


def describe_contents(change: ContentChange, timezone: str) -> str:
    """Put into words what became of a visit."""
    parts = [gettext("Changed: %(before)s → %(after)s") % {"before": change.before, "after": change.after}]
    if change.party is not None:
        before, after = change.party
        parts.append(gettext("people: %(before)s → %(after)s") % {"before": before, "after": after})
    if change.moved_from is not None:
        parts.append(
            gettext("Moved from %(before)s to %(after)s")
            % {
                "before": local_date_time(change.moved_from, timezone),
                "after": local_date_time(change.starts_at, timezone),
            }
        )
    return " · ".join(parts)


def describe_history(
    steps: Sequence[HistoryStep], names: Mapping[int, str], timezone: str, currency: str = ""
) -> tuple[StepLine, ...]:
    """Put steps into words, in the active language."""
    lines: list[StepLine] = []
    for step in steps:
        look = get_look(step.status)
        text = str(look.label)
        if step.moved_from is not None:
            text = gettext("Moved from %(before)s to %(after)s") % {
                "before": local_date_time(step.moved_from, timezone),
                "after": local_date_time(step.starts_at, timezone),
            }
        elif step.changes:
            text = gettext("Corrected: %(changes)s") % {"changes": describe_changes(step.changes, currency)}
        elif step.late_minutes:
            text = gettext("%(minutes)s min late, as the business said") % {"minutes": step.late_minutes}
        elif step.pause is not None:
            look = get_pause_look(step.pause) if step.pause else look
            text = str(look.label) if step.pause else gettext("Work goes on")
        elif step.undone is not None:
            text = gettext("Undone: %(status)s") % {"status": get_look(step.undone).label}
        author = names.get(step.user_id or 0, "")
        reason = describe_cause(step.cause, step.reason)
        lines.append(StepLine(at=step.at, status=step.status, look=look, text=text, author=author, reason=reason))
    return tuple(lines)


def describe_cause(cause: str, reason: str) -> str:
    """Put why a booking was cancelled into one line: the cause of staff, the text for the customer, or both."""
    return ": ".join(part for part in (str(CancelCause(cause).label) if cause else "", reason) if part)


def describe_message(message: MessageView) -> MessageLine:
    """Put a message of the log into words."""
    status = MessageStatus(message.status)
    known_reason = message.reason in MessageReason.values
    return MessageLine(
        message=message,
        channel=Channel(message.channel).label,
        status=gettext("Kept back") if message.reason in KEPT_BACK else status.label,
        tone=MESSAGE_TONES.get(status, ""),
        reason=MessageReason(message.reason).label if known_reason else "",
    )


def _name_staff() -> dict[int, str]:
    return {person.id: person.name for person in list_staff()}


def _list_asset_facts(booking: BookingView) -> tuple[Fact, ...]:
    """Say in one row what the visit is about; long numbers that nobody reads out stand below, each by itself."""
    vertical, words = _get_vertical()
    if vertical.asset is None:
        return ()
    terms = vertical.list_words(**words)
    shown = [
        (field, show_answer(field, booking.asset_data.get(field.key, ""), terms)) for field in vertical.asset.fields
    ]
    named = vertical.asset.label(booking.asset_data)
    short = [
        text for field, text in shown if text and field.key not in vertical.asset.label_fields and not _is_long(text)
    ]
    row = " · ".join(part for part in (named, *short) if part)
    facts = [Fact(capitalize(terms["asset"]), row)] if row else []
    facts += [Fact(gettext(vertical.label_field(field, **words)), text) for field, text in shown if _is_long(text)]
    return tuple(facts)


def _is_long(text: str) -> bool:
    return len(text) > LONGEST_IN_ROW


def _list_answer_facts(booking: BookingView) -> tuple[Fact, ...]:
    vertical, words = _get_vertical()
    facts: list[Fact] = []
    arrival = vertical.intake.find_arrival(booking.arrival_mode)
    if arrival is not None:
        facts.append(Fact(gettext("Arrives"), gettext(arrival.label)))
    symptoms = vertical.intake.name_symptoms(booking.answers)
    if symptoms:
        label = vertical.list_words(**words).get("label.intake") or gettext("Mentioned")
        facts.append(Fact(label, ", ".join(map(gettext, symptoms))))
    note = booking.answers.get("note")
    if isinstance(note, str) and note and note != booking.note:
        facts.append(Fact(gettext("In their words"), note))
    facts += [Fact(each.label, each.describe()) for each in Answer.read(booking.answers)]
    return tuple(facts)


def _get_vertical() -> tuple[Vertical, dict[str, str]]:
    tenant = current_tenant()
    language = get_current_formats().language
    return get_vertical(tenant.vertical), {"language": language, "country": tenant.country}
