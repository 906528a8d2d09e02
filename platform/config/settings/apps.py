"""Which apps live in the public schema and which in every tenant's schema."""

from __future__ import annotations

SHARED_APPS = [
    "django_tenants",
    "tenants",
    "accounts",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "django_linear_migrations",
    "simple_history",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "corsheaders",
    "notifications.public",
    "audit.public",
    "billing.public",
    "privacy.public",
    "edge",
    "operators",
    "recovery",
    "samples",
    "web",
]
"""Apps with tables in the public schema (or without tables).

A room with tables in both is two apps: ``<room>.public`` stands here, the room itself below.
"""

TENANT_APPS = [
    "accounts",
    "allauth.account",
    "allauth.mfa",
    "simple_history",
    "audit",
    "files",
    "notifications",
    "scheduling",
    "billing",
    "privacy",
    "api",
    "verticals.automotive",
    "verticals.salon",
    "verticals.clinic",
]
"""Apps with tables in each tenant's schema.

Content types and Django's own permissions stay in the public schema: no tenant row refers
to them (roles decide, see ``accounts.policies``), and six tables less per tenant count.
"""

INSTALLED_APPS = [*SHARED_APPS, *(app for app in TENANT_APPS if app not in SHARED_APPS)]

TENANT_MODEL = "tenants.Tenant"
TENANT_DOMAIN_MODEL = "tenants.Domain"
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MIDDLEWARE = [
    "web.health.HealthMiddleware",
    "web.certificates.CertificateMiddleware",
    "web.figures.FiguresMiddleware",
    "edge.measuring.MeasuringMiddleware",
    "edge.middleware.ProblemMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tenants.middleware.TenantMiddleware",
    "web.widget.frames.FrameMiddleware",
    "edge.middleware.RequestLogMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "web.middleware.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "edge.middleware.ContentPolicyMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "web.middleware.DomainErrorMiddleware",
    "web.workspace.terms.gate.TermsMiddleware",
]

ROOT_URLCONF = "config.urls_tenant"
PUBLIC_SCHEMA_URLCONF = "config.urls_public"
ASGI_APPLICATION = "config.asgi.application"
WSGI_APPLICATION = "config.wsgi.application"
