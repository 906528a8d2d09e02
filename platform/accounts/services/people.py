"""Creating people who sign in."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from accounts.enums import Role
from accounts.errors import EmailInvalid, EmailTaken
from accounts.models import User
from accounts.types import StaffMember
from kernel.emails import clean_email
from tenants.services.workplaces import note_workplace


def add_person(
    *, name: str, email: str, role: Role, locale: str, password: str | None = None, password_hash: str | None = None
) -> StaffMember:
    """Create a person in the current schema.

    Exactly one of ``password`` and ``password_hash`` (as Django stores it) may be given; with
    neither, the person signs in for the first time through a password reset.

    Raises:
        EmailInvalid: Nobody can be written to there.
        EmailTaken: Someone in this schema has the e-mail, in any case of letters.
    """
    address = clean_email(email)
    if address is None:
        raise EmailInvalid
    user = User(name=name.strip(), email=address, role=role, locale=locale)
    user.password = password_hash or make_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
            note_workplace(user.email)
    except IntegrityError as error:
        raise EmailTaken from error
    return StaffMember(id=user.pk, name=user.name, email=user.email, role=user.role, locale=user.locale)
