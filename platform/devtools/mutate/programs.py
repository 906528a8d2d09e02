"""Lines that guard what other programs are told: webhooks and calendar feeds."""

from __future__ import annotations

from devtools.mutate.mutant import Mutant

_ENDPOINTS = "platform/notifications/services/webhooks/endpoints.py"
_SENDING = "platform/notifications/services/webhooks/sending.py"
_BY_HAND = "platform/notifications/services/webhooks/by_hand.py"
_API = "api/v1/webhooks/views.py"
_FEEDS = "scheduling/services/messages/feeds/links.py"
_SET_UP = ("tests/integration/notifications/webhooks/test_endpoints.py",)
_SENT = ("tests/integration/notifications/webhooks/test_sending.py",)
_CALLED = ("tests/integration/api/test_webhooks.py",)
_FED = ("tests/integration/scheduling/messages/test_feeds.py",)

PROGRAMS = (
    Mutant(
        "a webhook is added without a password",
        _ENDPOINTS,
        "    by.prove()\n    return _add",
        "    return _add",
        _SET_UP,
    ),
    Mutant(
        "a webhook is changed without a password",
        _ENDPOINTS,
        "    by.prove()\n    return _change",
        "    return _change",
        _SET_UP,
    ),
    Mutant("a secret is made without a password", _ENDPOINTS, "    by.prove()\n    _rotate", "    _rotate", _SET_UP),
    Mutant(
        "a secret is shown without a password",
        _ENDPOINTS,
        "    by.prove()\n    return secret",
        "    return secret",
        _SET_UP,
    ),
    Mutant("a session alone sets webhooks up", _API, "if not isinstance(request.auth, KeyView)", "if False", _CALLED),
    Mutant(
        "another receiver is believed by the secret of the former",
        _ENDPOINTS,
        "        _renew_secret(row, former_until=None)",
        "        _renew_secret(row, former_until=now + BOTH_SIGN)",
        _SET_UP,
    ),
    Mutant("webhooks lead to our own domains", _ENDPOINTS, " or resolve_host(host) is not None", "", _SET_UP),
    Mutant("anything is sent by hand without end", _BY_HAND, "    if full:\n", "    if not full:\n", _SET_UP),
    Mutant("what is sent again holds up what is new", _SENDING, "is_again=False, event_id__lt", "event_id__lt", _SENT),
    Mutant("a full feed outlives its maker", _FEEDS, "return feed.is_full and may", "return feed.is_full", _FED),
    Mutant("a provider reads anybody's calendar", _FEEDS, "is_own and resource.user_id != by.user_id", "False", _FED),
    Mutant(
        "a provider revokes anybody's link",
        _FEEDS,
        "(rows.filter(made_by_id=by.user_id) if is_own else rows)",
        "rows",
        _FED,
    ),
)
