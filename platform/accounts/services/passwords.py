"""Which passwords are refused: Django's own checks, in our words."""

from __future__ import annotations

from django.contrib.auth import password_validation
from django.utils.translation import gettext


class LengthValidator(password_validation.MinimumLengthValidator):
    """Refuses a short password."""

    def get_error_message(self) -> str:
        """Say how long it has to be."""
        return gettext("Use at least %(count)d characters.") % {"count": self.min_length}


class CommonValidator(password_validation.CommonPasswordValidator):
    """Refuses one of the 20,000 passwords that are tried first."""

    def get_error_message(self) -> str:
        """Say why nobody should have it."""
        return gettext("Too many people use this password: it is one of the first that a thief tries.")


class SimilarityValidator(password_validation.UserAttributeSimilarityValidator):
    """Refuses what is known of the person."""

    def get_error_message(self) -> str:
        """Say what it is like."""
        return gettext("This password is too much like your name or your e-mail.")
