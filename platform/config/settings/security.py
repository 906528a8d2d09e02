"""Cookies, headers, passwords, sign-in."""

from __future__ import annotations

from csp.constants import NONE, SELF

from config.environment import read_environment

_environment = read_environment()

PLATFORM_HOST = _environment.platform_host or ""
SECRET_KEY = _environment.secret_key or ""
SECRET_KEY_FALLBACKS = list(_environment.secret_key_fallbacks)
TOMBSTONE_KEYS = list(_environment.tombstone_keys) or [SECRET_KEY, *SECRET_KEY_FALLBACKS]
"""What notes of erased people are keyed with (`tenants.services.erasures.marks`): the first marks, all are known."""
# The tenant resolver answers 404 to hosts that nobody owns; Django's own list would need every tenant's domain.
ALLOWED_HOSTS = ["*"]

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "web.errors.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "accounts.services.passwords.SimilarityValidator", "OPTIONS": {"user_attributes": ("name", "email")}},
    {"NAME": "accounts.services.passwords.LengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "accounts.services.passwords.CommonValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/workspace/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "web.account.forms.SignInForm",
    "reset_password": "web.account.forms.AskForLinkForm",
    "reset_password_from_key": "web.account.forms.NewPasswordForm",
    "change_password": "web.account.forms.ChangePasswordForm",
    "set_password": "web.account.forms.SetPasswordForm",
    "reauthenticate": "web.account.forms.ConfirmForm",
}
MFA_ADAPTER = "accounts.adapters.SecondStepAdapter"
MFA_FORMS = {"authenticate": "web.account.forms.CodeForm"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
# Whoever signs in chooses: for two weeks, or until the browser is closed.
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# allauth's limits do not know devices: ours count instead (``LIMITS``, `accounts.adapters`, `web.account`).
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None, "reset_password": None}
# E-mails are unique without regard to case, by a constraint that this check cannot see.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
