"""Users, signed in by e-mail."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from accounts.enums import Role


class UserManager(BaseUserManager["User"]):
    """Creates and finds users; e-mails are compared without regard to case."""

    def get_by_natural_key(self, username: str | None) -> User:
        """Find a user by e-mail, in any case of letters.

        Raises:
            User.DoesNotExist: Nobody signs in with this e-mail.
        """
        return self.get(email__iexact=username or "")


class User(AbstractBaseUser):
    """A person who signs in: staff of one tenant, or an operator in the public schema.

    ``second_step`` is empty, or random and new each time that a second step of signing in is set
    up: a session that has taken the step knows it (`accounts.services.second_step`).
    ``password_changed_at`` is None until somebody sets another password than their first.
    """

    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=16, choices=Role.choices, default=Role.READ_ONLY)
    locale = models.CharField(max_length=8, default="es")
    is_active = models.BooleanField(default=True)
    second_step = models.CharField(max_length=32, blank=True, default="", db_default="")
    password_changed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        """One person per e-mail and schema."""

        constraints: ClassVar = [
            models.UniqueConstraint(Lower("email"), name="accounts_user_email_unique"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="accounts_user_role_known"),
        ]

    def __str__(self) -> str:
        """Return the person's name."""
        return self.name

    def get_full_name(self) -> str:
        """Return the person's name, for libraries that ask for it."""
        return self.name

    def get_short_name(self) -> str:
        """Return the first word of the name."""
        return self.name.split(" ", 1)[0]
