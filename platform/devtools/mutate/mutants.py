"""The lines whose breaking has to be noticed: who may enter, whose row it is, what is hidden, how often.

A change of one of these lines changes its entry here; a test says which entries do not fit any more.
"""

from __future__ import annotations

from devtools.mutate.framing import FRAMING
from devtools.mutate.mutant import Mutant
from devtools.mutate.paying import PAYING
from devtools.mutate.programs import PROGRAMS
from devtools.mutate.recovering import RECOVERING
from devtools.mutate.second_step import SECOND_STEP
from devtools.mutate.watching import WATCHING

_POLICIES = "tests/unit/accounts/test_policies.py"
_ROLES = "tests/integration/test_roles.py"
_NEIGHBORS = "tests/integration/test_neighbors.py"
_SIGN_UP = "tests/integration/web/site/test_sign_up_pages.py"

ACCESS = (
    Mutant(
        "a deactivated person keeps every permission",
        "platform/accounts/policies.py",
        ' or not getattr(user, "is_active", False)',
        "",
        (_POLICIES,),
    ),
    Mutant(
        "an anonymous visitor may have a role",
        "platform/accounts/policies.py",
        'not getattr(user, "is_authenticated", False) or ',
        "",
        (_POLICIES,),
    ),
    Mutant(
        "a manager may change the team",
        "platform/accounts/policies.py",
        "        Permission.TEAM_MANAGE,\n        Permission.DATA_TAKE,\n        Permission.BUSINESS_CLOSE,\n",
        "        Permission.DATA_TAKE,\n        Permission.BUSINESS_CLOSE,\n",
        (_POLICIES,),
    ),
    Mutant(
        "a manager may change where the money goes",
        "platform/accounts/policies.py",
        "        Permission.MONEY_MANAGE,\n        Permission.TEAM_MANAGE,\n",
        "        Permission.TEAM_MANAGE,\n",
        (_POLICIES,),
    ),
    Mutant(
        "a mechanic sees the services' setup",
        "platform/accounts/policies.py",
        "Role.PROVIDER: frozenset({Permission.BOARD_VIEW, Permission.OWN_WORK, Permission.CUSTOMER_VIEW})",
        "Role.PROVIDER: frozenset({Permission.BOARD_VIEW, Permission.OWN_WORK, Permission.CATALOG_VIEW})",
        (_ROLES,),
    ),
    Mutant(
        "a page with a declared permission asks for none",
        "platform/edge/access.py",
        "    if not has_permission(request.user, permission):\n        raise",
        "    if permission is None:\n        raise",
        (_ROLES,),
    ),
    Mutant(
        "a call of the API with a declared permission asks for none",
        "platform/edge/access.py",
        "if not has_permission(request.user, Permission(asked)) or",
        "if",
        (_ROLES,),
    ),
    Mutant(
        "what staff see is kept by caches",
        "platform/edge/access.py",
        '"private, no-store"',
        '"public, max-age=60"',
        ("tests/integration/web/workspace",),
    ),
)

TENANCY = (
    Mutant(
        "cached values are shared by all businesses",
        "platform/config/settings/database.py",
        '        "KEY_FUNCTION": "django_tenants.cache.make_key",\n',
        "",
        (_NEIGHBORS,),
    ),
    Mutant(
        "an entry into one business opens another of the same owner",
        "tenants/services/sign_up.py",
        'signing.loads(token, salt=f"{ENTRY_SALT}.{schema_name}"',
        "signing.loads(token, salt=ENTRY_SALT",
        (_NEIGHBORS,),
    ),
    Mutant(
        "an entry can be used twice",
        "tenants/services/sign_up.py",
        "schema_name=schema_name, entry_used_at=None)",
        "schema_name=schema_name)",
        (_SIGN_UP,),
    ),
    Mutant(
        "a manage link of one business is known to another",
        "scheduling/services/messages/manage_tokens.py",
        "{current_tenant().schema_name}:{ics_uid}:",
        "{ics_uid}:",
        (_NEIGHBORS, "tests/unit/scheduling"),
    ),
    Mutant(
        "a link to one date of a series cancels what somebody else was given",
        "scheduling/services/bookings/series/following.py",
        "is_customers=by.kind == ActorKind.CUSTOMER",
        "is_customers=False",
        ("tests/integration/scheduling/visits/test_following.py",),
    ),
    Mutant(
        "work inside one business may enter another",
        "tenants/context.py",
        "if outer is not None and outer.schema_name != tenant.schema_name:",
        "if outer is None and tenant is None:",
        ("tests/integration/tenants/test_context.py",),
    ),
    Mutant(
        "the connection stays in the business's schema after a request",
        "tenants/context.py",
        "        if outer is None:\n            connection.set_schema_to_public()",
        "        if outer is not None:\n            connection.set_schema_to_public()",
        (_NEIGHBORS,),
    ),
    Mutant(
        "a changed business is not forgotten",
        "tenants/selectors/resolution.py",
        "entry.generation == generation and now",
        "now",
        ("tests/integration/tenants/test_resolution.py",),
    ),
)

SECRETS = (
    Mutant(
        "a hold can be taken without its token",
        "scheduling/services/bookings/holds.py",
        ".filter(pk=hold_id, hold_token_hash=hash_token(token)).first()",
        ".filter(pk=hold_id).first()",
        ("tests/integration/api/test_public.py", "tests/integration/scheduling/bookings/test_booking_life.py"),
    ),
    Mutant(
        "tokens are stored as they are",
        "platform/kernel/ids.py",
        "return hashlib.sha256(token.encode()).hexdigest()",
        "return token[:64]",
        ("tests/unit/kernel",),
    ),
    Mutant(
        "somebody else's Idempotency-Key answers with their booking",
        "api/services/idempotency.py",
        "if is_personal else Q(caller__in=callers)",
        "if is_personal else Q()",
        ("tests/integration/api/test_public.py",),
    ),
    Mutant(
        "an Idempotency-Key answers to another body",
        "api/services/idempotency.py",
        "if each.body_hash == body_hash), None)",
        "), None)",
        ("tests/integration/api/test_public.py",),
    ),
    Mutant(
        "a reset link leads to the host that the request named",
        "platform/accounts/adapters.py",
        "return make_base_url(host) + str(",
        "return str(",
        ("tests/integration/accounts",),
    ),
)

_LOGS, _REPORTS = "tests/unit/config/test_logs.py", "tests/unit/config/test_reporting.py"
_PRESENCE, _LINKS = (
    "tests/integration/accounts/test_presence.py",
    "tests/integration/scheduling/bookings/test_link_life.py",
)

TELLING = (
    Mutant(
        "a library's logger keeps its own handler",
        "platform/config/logs.py",
        "            each.handlers.clear()\n",
        "",
        (_LOGS,),
    ),
    Mutant(
        "a line that cannot be written is shown with its arguments",
        "platform/config/logs.py",
        '{type(error).__name__}"',
        '{record.args}"',
        (_LOGS,),
    ),
    Mutant(
        "what nobody caught is printed with its text",
        "platform/config/logs.py",
        "        sys.excepthook = log_uncaught\n",
        "        pass\n",
        (_LOGS,),
    ),
    Mutant(
        "cookies of the request at hand may be logged",
        "platform/config/logs.py",
        "found = [*request.COOKIES.values(), ",
        "found = [",
        (_LOGS,),
    ),
    Mutant(
        "secrets of an installation are not known to its log",
        "platform/config/logs.py",
        "known = sort_known([*self.own, *(",
        "known = sort_known([*(",
        (_LOGS,),
    ),
    Mutant(
        "a link of the manage page is written",
        "platform/config/redaction.py",
        '    "b", "c", ',
        '    "c", ',
        ("tests/unit/config/test_redaction.py",),
    ),
    Mutant(
        "bytes are written as they are",
        "platform/config/redaction.py",
        'return hide_in_text(bytes(value).decode("utf-8", "backslashreplace"), known)',
        'return bytes(value).decode("utf-8", "backslashreplace")',
        (_LOGS,),
    ),
    Mutant(
        "reports leave as they were collected",
        "platform/config/reporting.py",
        "report = rebuild(event)",
        "report = {**event, **rebuild(event)}",
        (_REPORTS,),
    ),
    Mutant(
        "texts of exceptions leave",
        "platform/config/reporting.py",
        'report["value"] = f"text {hash_text(str(text))}"',
        'report["value"] = str(text)',
        (_REPORTS,),
    ),
    Mutant(
        "frames of what is no code of ours leave",
        "platform/config/reporting.py",
        "if not isinstance(module, str) or module not in sys.modules:",
        "if not isinstance(module, str):",
        (_REPORTS,),
    ),
    Mutant(
        "a stream goes on after its person was deactivated",
        "platform/accounts/selectors/presence.py",
        " AND person.is_active",
        "",
        (_PRESENCE,),
    ),
    Mutant(
        "a stream goes on after its session ended",
        "platform/accounts/selectors/presence.py",
        " AND session.expire_date > %s",
        " AND %s IS NOT NULL",
        (_PRESENCE,),
    ),
    Mutant(
        "a stream outlives those who look after it",
        "platform/web/workspace/board/stream_access.py",
        "        _end(watches)\n",
        "        pass\n",
        ("tests/unit/web/workspace/board/test_stream_access.py",),
    ),
    Mutant(
        "a manage link never ends for whoever acts",
        "scheduling/services/writing/lookups.py",
        "        check_link(booking, now=now)\n",
        "",
        (_LINKS,),
    ),
    Mutant(
        "a manage link never ends for whoever looks",
        "scheduling/selectors/bookings/views.py",
        "    check_link(booking, now=now)\n    return view_booking(booking)",
        "    return view_booking(booking)",
        (_LINKS,),
    ),
)

STATES = (
    Mutant(
        "a suspended business writes",
        "tenants/policies.py",
        "    TenantStatus.SUSPENDED: READING,\n",
        "    TenantStatus.SUSPENDED: READING | {Ability.WRITE},\n",
        ("tests/unit/tenants/test_policies.py", "tests/integration/test_states.py"),
    ),
    Mutant(
        "no service asks what the state of the business allows",
        "tenants/policies.py",
        "    if may_business(ability):\n        if ability is",
        "    if True:\n        if ability is",
        ("tests/integration/test_states.py",),
    ),
    Mutant(
        "strangers book while the page is a draft",
        "tenants/policies.py",
        "if ability is Ability.BOOK and not is_staff:",
        "if False:",
        ("tests/integration/test_draft.py",),
    ),
    Mutant(
        "everybody sees a draft",
        "platform/web/booking/pages.py",
        "if tenant.is_published or is_staff(request):",
        "if True:",
        ("tests/integration/test_draft.py",),
    ),
    Mutant(
        "a closed business lets all its staff in",
        "platform/edge/access.py",
        "Ability.OWNER_READ if is_owner else Ability.STAFF_READ",
        "Ability.OWNER_READ",
        ("tests/integration/web/test_states.py",),
    ),
    Mutant(
        "a stale page changes the state",
        "tenants/policies.py",
        " or seen not in {None, status}:",
        ":",
        ("tests/unit/tenants/test_policies.py",),
    ),
    Mutant(
        "a business is closed without its name",
        "tenants/services/acts.py",
        "if typed_name is not None and not _is_name_of(tenant, typed_name):",
        "if typed_name is None and not _is_name_of(tenant, ''):",
        ("tests/integration/tenants/test_acts.py",),
    ),
    Mutant(
        "the log of acts can be changed",
        "platform/audit/public/migrations/0002_append_only.py",
        "BEFORE UPDATE OR DELETE ON",
        "BEFORE DELETE ON",
        ("tests/integration/tenants/test_acts.py",),
    ),
)

LIMITS = (
    Mutant(
        "nobody's calls are too many",
        "platform/keyvalue/throttle.py",
        "return None if int(answers[1]) <= self.limit.size else self.ends_at - now",
        "return None",
        ("tests/integration/keyvalue/test_throttle.py",),
    ),
    Mutant(
        "calls of the API are not counted",
        "platform/edge/limits.py",
        '        Ask("writes_address", find_block(request)),\n',
        "",
        ("tests/integration/web/booking/test_limits.py",),
    ),
    Mutant(
        "times can be kept without number",
        "platform/edge/limits.py",
        "full = ask_limits([*list_write_asks(request), Ask(HOLDS_DAY, block), opening])",
        "full = ask_limits(list_write_asks(request))",
        ("tests/integration/api/test_public.py",),
    ),
    Mutant(
        "an address with a plus is another recipient",
        "platform/kernel/identity/recipients.py",
        'local = local.partition("+")[0] or local',
        "local = local or local",
        ("tests/unit/kernel/identity/test_recipients.py",),
    ),
    Mutant(
        "every business counts a stranger's mailbox by itself",
        "tenants/services/counts.py",
        'whose = "" if get_limit(asked.limit).is_shared else',
        "whose =",
        ("tests/integration/tenants/test_counts.py", "tests/integration/api/test_verification.py"),
    ),
    Mutant(
        "a code may be guessed without end",
        "platform/notifications/services/codes.py",
        " AND attempts < %(attempts)s",
        " AND %(attempts)s > 0",
        ("tests/integration/api/test_verification.py", "tests/integration/notifications"),
    ),
    Mutant(
        "a code works after its ten minutes",
        "platform/notifications/services/codes.py",
        "  AND expires_at > %(now)s AND",
        "  AND %(now)s IS NOT NULL AND",
        ("tests/integration/api/test_verification.py", "tests/integration/notifications"),
    ),
    Mutant(
        "a code of one business works in another",
        "platform/notifications/services/codes.py",
        "WHERE schema_name = %(schema)s AND recipient_hash",
        "WHERE %(schema)s <> '' AND recipient_hash",
        ("tests/integration/api/test_verification.py", "tests/integration/notifications"),
    ),
)

MUTANTS: tuple[Mutant, ...] = (
    *ACCESS, *TENANCY, *SECRETS, *LIMITS, *TELLING, *STATES, *SECOND_STEP, *WATCHING, *RECOVERING, *FRAMING,
    *PROGRAMS, *PAYING,
)  # fmt: skip
