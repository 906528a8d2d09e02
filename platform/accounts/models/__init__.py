"""Tables of accounts."""

from accounts.models.api_key import ApiKey
from accounts.models.email_change import EmailChange
from accounts.models.invitation import Invitation
from accounts.models.session import Session
from accounts.models.silence import SilencedNotice
from accounts.models.user import User

__all__ = ["ApiKey", "EmailChange", "Invitation", "Session", "SilencedNotice", "User"]
