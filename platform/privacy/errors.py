"""What can go wrong with requests of persons."""

from __future__ import annotations

from kernel.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable
from kernel.text import mark


class PersonRequestNotFound(NotFound):
    """There is no such request."""

    code = "person_request_not_found"
    text = mark("There is no such request.")


class PersonRequestOpen(Conflict):
    """The same person asked for the same, and it is not answered yet."""

    code = "data_request_open"
    text = mark("This was asked for already and waits for its answer.")


class PersonErased(Conflict):
    """Nothing is kept about this person any more."""

    code = "person_erased"
    text = mark("What was kept about this person has been erased already.")


class PersonRequestEnded(Conflict):
    """It was answered, or taken back, and its clock does not run any more."""

    code = "person_request_ended"
    text = mark("This request has ended already.")


class IdentityUnproven(Conflict):
    """Nobody has checked who asks: whatever is done now could be done to, or told of, another person."""

    code = "identity_unproven"
    text = mark("First check that whoever asks is the person whose data it is.")


class IdentityProven(Conflict):
    """It was checked already who asks, and what was written down of it is a proof."""

    code = "identity_proven"
    text = mark("It is written down already how you know who asks.")


class PersonUnknown(Conflict):
    """It is not known yet whose data it is about."""

    code = "person_unknown"
    text = mark("First choose the customer whose data it is about.")


class ContactNotOnRecord(Forbidden):
    """A code goes to a contact that was proven to be the customer's before they asked, and nowhere else."""

    code = "contact_not_on_record"
    text = mark(
        "Nobody had shown before this request that the contact is the customer's: a code sent there would prove"
        " nothing."
    )


class CodeUnproven(Invalid):
    """The code is another one, was used, or its time is over."""

    code = "code_unproven"


class NoExtension(Conflict):
    """The law gives no more time, or it was taken already."""

    code = "no_extension"
    text = mark("The time cannot be extended: the law allows none, or it was extended already.")


class TooLateToExtend(Conflict):
    """More time has to be taken while there is some."""

    code = "too_late_to_extend"
    text = mark("The time is over: it can be extended only before.")


class NotAgreed(Conflict):
    """It is done after it was agreed to."""

    code = "not_agreed"
    text = mark("First decide: agree to the request or refuse it.")


class NotErased(Conflict):
    """Erasing ends when the person is erased, and not by saying so."""

    code = "not_erased"
    text = mark("This ends when the person is erased: erase them, or refuse the request.")


class ErasingHindered(Conflict):
    """Something that is not over needs who the person is.

    Attributes:
        kinds: Values of `privacy.enums.KeptKind`.
    """

    code = "erasing_hindered"
    text = mark("Some things have to end first: they are listed on the request.")

    def __init__(self, *, kinds: tuple[str, ...]) -> None:
        super().__init__()
        self.kinds = kinds


class BlockedNotFound(NotFound):
    """Nobody is blocked under this number: their time is over, or they never were."""

    code = "blocked_person_not_found"
    text = mark("Nobody is blocked here: the time is over and the data is destroyed, or it never was.")


class SealUnreadable(Unavailable):
    """The key that blocked data was sealed with is not among those of the platform, or the row is damaged."""

    code = "seal_unreadable"
    text = mark("What was blocked cannot be opened now: write to us, and we look for the key.")


class CompanyUnconfirmed(Conflict):
    """The record is a company's, and several people stand in it."""

    code = "company_unconfirmed"
    text = mark("This is a company: all of its people stand in the record. Say that all of it is meant.")


class NoticeUnknown(NotFound):
    """Nobody was shown this version of the privacy notice."""

    code = "notice_unknown"

    text = mark("This version of the privacy notice does not exist.")


class NoticeChanged(Conflict):
    """The privacy notice says something else than what was shown."""

    code = "notice_changed"

    text = mark("The privacy notice has changed a moment ago. Look at it, and confirm again.")


class ExportGone(NotFound):
    """There is no file, its time is over, or this link does not open it."""

    code = "person_file_gone"
    text = mark("There is no file here, or its time is over.")


class IncidentNotFound(NotFound):
    """There is no such incident."""

    code = "incident_not_found"
    text = mark("There is no such incident.")


class IncidentClosed(Conflict):
    """It was closed, and nothing is added to it any more."""

    code = "incident_closed"
    text = mark("This incident is closed already.")


class IncidentUnassessed(Conflict):
    """Nobody has said whether there is a risk for people."""

    code = "incident_unassessed"
    text = mark("First assess it: say whether there is a risk for people.")


class ToldAlready(Conflict):
    """It was written down already that they were told."""

    code = "told_already"
    text = mark("It is written down already that they were told.")
