"""Broken lines of the second step of signing in."""

from __future__ import annotations

from devtools.mutate.mutant import Mutant

_STEP = "tests/integration/accounts/test_second_step.py"

SECOND_STEP = (
    Mutant(
        "a session without the second step goes on",
        "platform/accounts/policies.py",
        "return not mark or request.session.get(SECOND_STEP) == mark",
        "return True",
        ("tests/integration/web/account",),
    ),
    Mutant(
        "an operator needs no second step",
        "platform/edge/access.py",
        'if permission is Permission.OPERATOR and not getattr(request.user, "second_step", ""):',
        "if permission is None:",
        ("tests/integration/web/account",),
    ),
    Mutant(
        "a code counts twice",
        "platform/accounts/services/second_step.py",
        "range(max(current - TOLERANCE, after + 1),",
        "range(current - TOLERANCE,",
        (_STEP,),
    ),
    Mutant(
        "two type the same code at once",
        "platform/accounts/services/second_step.py",
        "    return User.objects.select_for_update().get(pk=user.pk)",
        "    return User.objects.get(pk=user.pk)",
        (_STEP,),
    ),
    Mutant(
        "secrets of the second step are stored as they are",
        "platform/accounts/services/second_step.py",
        'data = {"secret": seal(secret), ',
        'data = {"secret": secret, ',
        (_STEP,),
    ),
    Mutant(
        "the second step is switched off without a code",
        "platform/accounts/services/second_step.py",
        "        _check_code(person, proof)\n        Authenticator.objects.filter(user=person).exclude(",
        "        Authenticator.objects.filter(user=person).exclude(",
        (_STEP,),
    ),
    Mutant(
        "an owner removes the own second step",
        "platform/accounts/services/second_step.py",
        "    if person_id == by.pk:\n        raise OwnSecondStep\n",
        "",
        (_STEP,),
    ),
    Mutant(
        "wrong codes are not counted",
        "platform/accounts/services/second_step.py",
        "    except ProofWrong:\n        raise\n",
        "",
        (_STEP,),
    ),
)
