"""Expected failures of accounts."""

from kernel.errors import Conflict, Forbidden, Invalid, NotFound
from kernel.text import mark


class EmailTaken(Conflict):
    """Another person of the same business signs in with this e-mail."""

    code = "email_taken"
    text = mark("Someone already signs in with this e-mail.")


class EmailInvalid(Invalid):
    """Nobody can be written to there."""

    code = "email_invalid"
    text = mark("Enter an e-mail address like name@example.com.")


class PermissionMissing(Forbidden):
    """The person's role does not allow this."""

    code = "permission_missing"
    text = mark("Your role does not allow this. Ask the owner of the business.")


class PersonUnknown(NotFound):
    """Nobody here signs in with this e-mail."""

    code = "person_unknown"
    text = mark("Nobody signs in with this e-mail here.")


class ProofWrong(Invalid):
    """Password or code are wrong; ``errors`` names the field."""

    code = "proof_wrong"


class SecondStepIsOn(Conflict):
    """The account has a second step already."""

    code = "second_step_is_on"
    text = mark("The second step is on already.")


class SecondStepIsOff(Conflict):
    """The account has no second step."""

    code = "second_step_is_off"
    text = mark("The second step is off already.")


class SecondStepNeeded(Conflict):
    """Operators always have a second step."""

    code = "second_step_needed"
    text = mark("Operators must keep the second step.")


class OwnSecondStep(Forbidden):
    """Nobody removes their own second step without a code."""

    code = "own_second_step"
    text = mark("Your own second step is switched off on your security page, with a code.")


class InvitationUnknown(NotFound):
    """No invitation has this token."""

    code = "invitation_unknown"
    text = mark("This invitation does not exist. Open the link of the mail as it is, or ask to be invited again.")


class InvitationUsed(Conflict):
    """Somebody accepted it already."""

    code = "invitation_used"
    text = mark("This invitation was used already: each works once. Sign in with your e-mail and your password.")


class InvitationLate(Conflict):
    """It was not accepted in time."""

    code = "invitation_late"
    text = mark("This invitation has expired: it works for 7 days. Ask whoever invited you to send it again.")


class InvitationRevoked(Conflict):
    """The business took it back."""

    code = "invitation_revoked"
    text = mark("The business took this invitation back. Ask them if you think that it is a mistake.")


class InvitationReplaced(Conflict):
    """A newer one was sent to the same mailbox."""

    code = "invitation_replaced"
    text = mark("A newer invitation was sent to you. Use the link of the latest mail.")


class InvitationForAnother(Conflict):
    """Somebody else is signed in."""

    code = "invitation_for_another"
    text = mark("This invitation is for another person than the one who is signed in here. Sign out first.")


class InvitationEnded(Conflict):
    """It was accepted or taken back meanwhile: there is nothing to send again or to take back."""

    code = "invitation_ended"
    text = mark("This invitation is not open any more.")


class PersonInvalid(Invalid):
    """What was typed about a person cannot be; ``errors`` names the fields."""

    code = "person_invalid"


class OwnRights(Forbidden):
    """Nobody takes rights off themselves."""

    code = "own_rights"
    text = mark(
        "You cannot change your own role or switch your own access off. Another owner can; "
        "if you are the only one, hand the business over first."
    )


class LastOwner(Conflict):
    """The business would have no owner."""

    code = "last_owner"
    text = mark("This is the only owner. Make somebody else an owner first.")


class SessionUnknown(NotFound):
    """No such session is open."""

    code = "session_unknown"
    text = mark("This session has ended already.")


class EmailLinkUnknown(NotFound):
    """The link of a mail about another e-mail does nothing (any more)."""

    code = "email_link_unknown"
    text = mark("This link no longer works: it was used, a newer one was sent, or it is too old.")


class KeyInvalid(Invalid):
    """A key cannot be made like this; ``errors`` names the fields."""

    code = "key_invalid"


class KeyUnknown(NotFound):
    """There is no such key."""

    code = "key_unknown"
    text = mark("This key does not exist.")


class TooManyKeys(Conflict):
    """The business has as many keys as it may."""

    code = "too_many_keys"
    text = mark("You have 50 keys. Revoke one that no program uses any more.")


class PasskeyWrong(Invalid):
    """A device did not answer what it was asked."""

    code = "passkey_wrong"
    text = mark("This passkey does not work here. Try again, or sign in with your password.")


class PasskeyUnknown(NotFound):
    """There is no such passkey."""

    code = "passkey_unknown"
    text = mark("This passkey was removed already.")


class TooManyPasskeys(Conflict):
    """A person has as many as they may."""

    code = "too_many_passkeys"
    text = mark("You have 10 passkeys. Remove one that you do not use any more.")
