"""The platform's own tables as a test wants them: without what committed tests of the same process left."""

from __future__ import annotations

from django.db import connection

STANDING: set[str] = set()
"""Schemas of businesses that several tests look at and none changes: whoever made them drops them."""
APPEND_ONLY = ("audit_platform_entry_append_only", "audit_platform_entry_not_emptied")
LEFTOVERS = (
    "DELETE FROM public.tenants_formeraddress",
    "DELETE FROM public.tenants_limitcount",
    "DELETE FROM public.notifications_public_contactcode",
    "DELETE FROM public.notifications_public_textednumber",
    "DELETE FROM public.notifications_public_takenreply",
    "DELETE FROM public.tenants_duework",
    "DELETE FROM public.tenants_idea",
    "DELETE FROM public.billing_public_paymentaccountowner",
    "DELETE FROM public.billing_public_webhookevent",
    "DELETE FROM public.notifications_public_message",
)
KEPT = frozenset({
    "audit_public_platformentry", "django_session", "recovery_platformbackup", "tenants_backup", "tenants_domain",
    "tenants_owndomain", "tenants_removal", "tenants_schemastate", "tenants_schematemplate",
    "tenants_signup", "tenants_spareschema", "tenants_tenant", "tenants_termsacceptance", "tenants_tombstone",
    "tenants_workplace", "tenants_workplacerequest",
})  # fmt: skip
"""Public tables that stay: businesses and what hangs on them; `empty_platform` empties the log."""
LOG_SQL = f"""
ALTER TABLE public.audit_public_platformentry DISABLE TRIGGER USER;
DELETE FROM public.audit_public_platformentry;
{"".join(f"ALTER TABLE public.audit_public_platformentry ENABLE ALWAYS TRIGGER {name};" for name in APPEND_ONLY)}
"""
TENANTS_SQL = """
DELETE FROM public.tenants_owndomain WHERE tenant_id IN
  (SELECT id FROM public.tenants_tenant WHERE slug NOT IN ('taller', 'salon'));
UPDATE public.tenants_formeraddress SET tenant_id = NULL WHERE tenant_id IN
  (SELECT id FROM public.tenants_tenant WHERE slug NOT IN ('taller', 'salon'));
DELETE FROM public.tenants_domain WHERE tenant_id IN
  (SELECT id FROM public.tenants_tenant WHERE slug NOT IN ('taller', 'salon'));
DELETE FROM public.tenants_tenant WHERE slug NOT IN ('taller', 'salon');
"""


def forget_leftovers() -> None:
    """Remove what limits counted, which codes were sent and what is due, inside the test's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("; ".join(LEFTOVERS))


def empty_platform() -> None:
    """Remove every act of the platform's log and every other business, inside the test's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(LOG_SQL)
        cursor.execute(TENANTS_SQL)
