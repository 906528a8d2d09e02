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
