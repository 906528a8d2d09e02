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
    text = mark("Operators cannot do without the second step.")


class OwnSecondStep(Forbidden):
    """Nobody takes off their own second step without a code."""

    code = "own_second_step"
    text = mark("Your own second step is switched off on your security page, with a code.")
