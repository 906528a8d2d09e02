"""Expected failures of tenants."""

from __future__ import annotations

from datetime import datetime

from kernel.errors import Conflict, Forbidden, Invalid, LimitReached, NotFound, Unavailable
from kernel.text import mark
from tenants.enums import TenantStatus


class TenantUnknown(NotFound):
    """No tenant answers here."""

    code = "tenant_unknown"
    text = mark("No business answers at this address.")


class StatusForbids(Forbidden):
    """The state of the business does not allow this now.

    ``code`` is ``tenant_`` and the state; ``text`` is for whoever asked: a customer or somebody of the staff.
    """

    code = "tenant_status"

    def __init__(self, *, status: str, text: str) -> None:
        self.code = f"tenant_{status}"
        self.text = text
        super().__init__()


class NotPublished(Forbidden):
    """The booking page is a draft: it answers to the staff of the business alone."""

    code = "not_published"
    text = mark("This business opens soon: it does not take bookings online yet.")


class ActRefused(Conflict):
    """Where the business stands, this cannot be done; somebody may have changed its state meanwhile.

    Attributes:
        status: The state now.
    """

    code = "act_refused"
    text = mark("This is not possible any more: the business is now “%(status)s”.")

    def __init__(self, *, status: str) -> None:
        super().__init__(status=TenantStatus(status).label)
        self.status = status


class ClosedByPlatform(Forbidden):
    """An owner wants to open a business again that no owner closed."""

    code = "closed_by_platform"
    text = mark("We closed this business, so only we can open it again. Please write to us.")


class ReasonInvalid(Invalid):
    """Whoever changes the state of a business says why; ``errors`` names the field."""

    code = "reason_invalid"


class SlugInvalid(Invalid):
    """The address is not one that we can give."""

    code = "slug_invalid"
    text = mark("Use 3 to 40 lower-case letters, digits and single hyphens; begin with a letter.")


class SlugReserved(Conflict):
    """The address is kept for the platform."""

    code = "slug_reserved"
    text = mark("This address is reserved. Please choose another one.")


class SlugMisleading(SlugReserved):
    """Customers could take the address for somebody else's: a brand, a bank, an authority, ourselves."""

    text = mark("This address could be taken for another company's or for ours. Use the name of your own business.")


class SlugTaken(Conflict):
    """Another business has the address."""

    code = "slug_taken"
    text = mark("This address is already taken. Please choose another one.")


class TooManyAddressChanges(LimitReached):
    """The address was changed as often as it may be."""

    text = mark(
        "The address was changed several times already. Each change takes a name away from everybody else for good, "
        "so wait some weeks before the next one, or write to us."
    )


class DomainInvalid(Invalid):
    """What was typed is no domain that a business can answer at; ``errors`` says in words why, at ``name``."""

    code = "domain_invalid"


class SiteInvalid(Invalid):
    """What was typed is no web site that can show the widget; ``errors`` says in words why, at ``site``."""

    code = "site_invalid"


class TooManySites(Conflict):
    """The business has named as many sites as one can."""

    code = "too_many_sites"
    text = mark("These are as many sites as there can be: %(most)s. Remove one that you no longer need.")


class DomainTaken(Conflict):
    """Another business answers there."""

    code = "domain_taken"
    text = mark(
        "This domain answers for another business at Turnero. If it is yours now, remove its records where you bought "
        "it, wait an hour and type it again."
    )


class DomainUnknown(NotFound):
    """The business has no domain of its own, or another one by now."""

    code = "domain_unknown"
    text = mark("There is no such domain any more. Somebody else may have changed it meanwhile.")


class CheckedJustNow(LimitReached):
    """The domain was looked at a moment ago."""

    code = "checked_just_now"
    text = mark("We looked a moment ago. Wait %(seconds)s seconds and try again.")

    def __init__(self, *, seconds: int) -> None:
        super().__init__(wait_seconds=seconds, seconds=seconds)


class TooManyDomains(LimitReached):
    """So many domains were typed today as one may type in a day."""

    text = mark("So many domains were typed today that we stop here. Try again tomorrow.")


class TooManySignUps(LimitReached):
    """The address got as many mails about sign-ups as one gets in a day."""

    text = mark(
        "We have sent this address all the e-mails that we may send in a day. "
        "Open the latest one, or try again tomorrow."
    )


class CountryUnknown(Invalid):
    """This is no country that we know."""

    code = "country_unknown"
    text = mark("“%(country)s” is not a country. Use two letters, such as ES.")


class LinkUnknown(NotFound):
    """The link of a sign-up is broken, used or too old."""

    code = "link_unknown"
    text = mark("This link is not valid any more. Please start again.")


class RetryLater(Unavailable):
    """A handler of due work wants to be called again.

    Attributes:
        at: When, at the earliest.
    """

    code = "retry_later"

    def __init__(self, *, at: datetime) -> None:
        super().__init__()
        self.at = at


class ExampleBusy(Conflict):
    """Another process is making the example anew."""

    code = "example_busy"
    text = mark("The example is being made anew already.")


class ArchiveUnknown(NotFound):
    """A file that was named is no archive or export of a business, or cannot be opened."""

    code = "archive_unknown"
    text = mark("This is not the archive of a business, or it cannot be read.")


class ArchiveDamaged(Invalid):
    """An archive is not as it was written."""

    code = "archive_damaged"
    text = mark("This archive is damaged or was cut off. Nothing was changed; use another one.")


class ArchiveNewer(Conflict):
    """An archive was made by code that knows more than this one."""

    code = "archive_newer"
    text = mark(
        "This archive was made by a newer version of Turnero, which has “%(migration)s”. Update first, then try again."
    )

    def __init__(self, *, migration: str) -> None:
        super().__init__(migration=migration)


class ArchiveStrange(Conflict):
    """The tables of an archive are not those that its migrations make."""

    code = "archive_strange"
    text = mark("The tables in this archive are not those of its version of Turnero: %(tables)s. Nothing was changed.")

    def __init__(self, *, tables: str) -> None:
        super().__init__(tables=tables)


class CopyDiffers(Conflict):
    """What came out of an archive is not what went in."""

    code = "copy_differs"
    text = mark("What was restored differs from what was backed up: %(what)s. Nothing was changed.")

    def __init__(self, *, what: str) -> None:
        super().__init__(what=what)


class ImportStrange(Invalid):
    """An export holds something that no business can have."""

    code = "import_strange"
    text = mark("This export cannot be read: %(what)s. Nothing was changed.")

    def __init__(self, *, what: str) -> None:
        super().__init__(what=what)


class KeyInvalid(Invalid):
    """Nobody can be written to under this key."""

    code = "key_invalid"
    text = mark("This is no public key: it begins with age1 or ssh- and stands in one line.")


class IdentityNeeded(Forbidden):
    """An archive is encrypted, and no key was given."""

    code = "identity_needed"
    text = mark("This archive is encrypted: name the file with its secret key (--identity FILE).")


class IdentityWrong(Forbidden):
    """None of the keys opens an archive."""

    code = "identity_wrong"
    text = mark("The key does not open this archive, or its file holds no secret key.")


class NoRoom(Unavailable):
    """An archive could not be written."""

    code = "no_room"
    text = mark("The archive could not be written: %(why)s. Nothing of it is left, and earlier ones are as they were.")

    def __init__(self, *, why: str) -> None:
        super().__init__(why=why)


class FileThere(Conflict):
    """Where a file was to be written there is one, and nobody's file is overwritten."""

    code = "file_there"
    text = mark("%(path)s exists already, and was left as it is. Give the new file another name.")

    def __init__(self, *, path: str) -> None:
        super().__init__(path=path)


class ExampleNotKept(Conflict):
    """The example is made anew every night, so that nobody keeps it."""

    code = "example_not_kept"
    text = mark("This is the public example: it is made anew every night, and there is nothing of it to keep.")


class RowsUnknown(NotFound):
    """Somebody is to be erased who is not there.

    Attributes:
        row_ids: The numbers of ``kind`` that no row has.
    """

    code = "rows_unknown"
    text = mark("What is to be erased is not there.")

    def __init__(self, *, kind: str, row_ids: tuple[int, ...]) -> None:
        super().__init__(kind=kind)
        self.row_ids = row_ids


class TombstonesDamaged(Invalid):
    """A file that says who was erased is not as it was written: whoever it stood for might come back."""

    code = "tombstones_damaged"
    text = mark("“%(place)s” says who was erased, and is damaged. Put an intact copy of it there; nothing was changed.")

    def __init__(self, *, place: str) -> None:
        super().__init__(place=place)


class TombstonesUnreadable(Unavailable):
    """Who was erased was noted with a key that is not known here."""

    code = "tombstones_unreadable"
    text = mark(
        "Some people were erased under a key that is not in TURNERO_TOMBSTONE_KEYS (%(key_id)s): they would come back. "
        "List that key after the present one; nothing was changed."
    )

    def __init__(self, *, key_id: str) -> None:
        super().__init__(key_id=key_id)


class BusinessRemovedBefore(Conflict):
    """The business of an archive was closed and then removed."""

    code = "business_removed"
    text = mark(
        "This business was closed, and removed on %(day)s. Repeat with --although-removed to bring it back all the "
        "same; nothing was changed."
    )

    def __init__(self, *, at: datetime) -> None:
        super().__init__(day=f"{at:%Y-%m-%d}")


class IdeaInvalid(Invalid):
    """What somebody wanted to tell us cannot be kept."""

    code = "idea_invalid"
    missing = mark("Write what is missing or what annoys you.")
    too_long = mark("At most 2,000 characters.")
    unreadable = mark("This contains characters that cannot be used.")


class IdeaNotFound(NotFound):
    """There is no such idea."""

    code = "idea_not_found"


class TooManyIdeas(LimitReached):
    """A business told us very much in one day."""

    text = mark("You have told us a lot today, thank you. Please write again tomorrow.")
