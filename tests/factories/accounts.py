"""People who sign in, with a second step that is set up."""

from __future__ import annotations

from datetime import timedelta

from accounts.models import ApiKey, Invitation, User
from accounts.policies import SECOND_STEP
from accounts.services import second_step
from devtools.scratch.browser import HostClient
from kernel.clock import utc_now
from kernel.ids import hash_token, new_token

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def make_operator(email: str = "op@example.com", **values: str) -> User:
    """An operator of the current schema, the public one, whose app has `SECRET`."""
    user = User.objects.create(email=email, role="operator", **{"name": "Op", **values})
    second_step.seed(email, secret=SECRET)
    user.refresh_from_db()
    return user


def sign_in_fully(client: HostClient, user: User) -> None:
    """Sign in with both steps, without the pages."""
    client.force_login(user)
    session = client.session
    session[SECOND_STEP] = user.second_step
    session.save()


def invite(email: str, *, token: str, **values: object) -> Invitation:
    """An open invitation to the current business, whose link has ``token``."""
    now = utc_now()
    defaults = {
        "role": "provider", "locale": "es", "created_at": now, "expires_at": now + timedelta(days=7),
        "invited_by": User.objects.filter(role="owner").first(),
    }  # fmt: skip
    return Invitation.objects.create(email=email, token_hash=hash_token(token), **(defaults | values))


def make_key(access: dict[str, str], *, person: User | None = None, **values: object) -> str:
    """Make a key of the current business's owner, or of ``person``, and return it."""
    token = f"tk_{new_token()}"
    ApiKey.objects.create(
        user=person or User.objects.filter(role="owner").first(), token_hash=hash_token(token), access=access,
        **({"name": token[-12:], "prefix": token[:9], "created_at": utc_now()} | values),
    )  # fmt: skip
    return token
