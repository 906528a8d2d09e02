"""Tables of accounts."""

from accounts.models.invitation import Invitation
from accounts.models.session import Session
from accounts.models.user import User

__all__ = ["Invitation", "Session", "User"]
