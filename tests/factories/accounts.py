"""People who sign in, with a second step that is set up."""

from __future__ import annotations

from accounts.models import User
from accounts.policies import SECOND_STEP
from accounts.services import second_step
from devtools.scratch.browser import HostClient

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
