"""``manage create_operator``: let one of us into the operator's console."""

from __future__ import annotations

from getpass import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.enums import Role
from accounts.errors import EmailInvalid, EmailTaken
from accounts.services.people import add_person
from kernel.languages import DEFAULT_LANGUAGE, LANGUAGES


class Command(BaseCommand):
    """Create an operator in the public schema; the password is asked for, never an argument."""

    help = "Create an operator, who signs in on the platform's own host."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take e-mail, name and language."""
        parser.add_argument("email")
        parser.add_argument("name")
        parser.add_argument("--locale", choices=LANGUAGES, default=DEFAULT_LANGUAGE)

    def handle(self, *, email: str, name: str, locale: str, **_: Any) -> None:
        """Ask for the password and create the operator."""
        password = getpass("Password: ")
        try:
            validate_password(password)
            person = add_person(name=name, email=email, role=Role.OPERATOR, locale=locale, password=password)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except (EmailInvalid, EmailTaken) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{person.email} may sign in as an operator; the first sign-in asks to set up a second step with an app"
        )
