"""Templates, static files, REST framework, logging and error reporting."""

from __future__ import annotations

from config.environment import ROOT, read_environment
from config.settings.files import BACKUPS_STORAGE, FILES_STORAGE

_environment = read_environment()

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "web.context.tenant",
                "web.widget.frames.describe_frame",
            ],
            "libraries": {"workspace_nav": "web.workspace.nav", "workspace_terms": "web.workspace.terms.asking"},
            "builtins": ["web.templatetags.icons", "web.templatetags.formats", "web.templatetags.sheets"],
        },
    }
]

DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000
"""The price list of 500 services has four fields each, and all are sent where no script runs."""

DATA_UPLOAD_MAX_NUMBER_FILES = 30
"""A form takes five at most, and says so itself to a hand that chose some more."""

FORM_RENDERER = "web.parts.forms.PageRenderer"

STATIC_URL = "/static/"
STATIC_ROOT = _environment.state_dir / "static"
STATICFILES_DIRS = [ROOT / "platform" / "web" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "files": FILES_STORAGE,
    "backups": BACKUPS_STORAGE,
    "staticfiles": {"BACKEND": "web.sheet_storage.SheetStorage"},
}

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["api.parsers.BoundedJSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_SCHEMA_CLASS": "api.document.CallSchema",
    # "format" is no parameter of ours: what an answer is written in, the header "Accept" says.
    "URL_FORMAT_OVERRIDE": None,
    "EXCEPTION_HANDLER": "api.errors.handle_exception",
    # Callers write X-Forwarded-For themselves; the server takes a trusted proxy's (``--proxy-headers``).
    "NUM_PROXIES": 0,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
# The open part of the API is called from the businesses' own sites, never with cookies.
CORS_ALLOW_ALL_ORIGINS = True
CORS_ALLOW_CREDENTIALS = False
CORS_URLS_REGEX = r"^/api/v1/"
CORS_ALLOW_HEADERS = ("accept", "content-type", "idempotency-key")
CORS_EXPOSE_HEADERS = ("retry-after", "deprecation", "sunset", "link")

SPECTACULAR_SETTINGS = {
    # What a correction may say of a price is less than what a price is.
    "ENUM_NAME_OVERRIDES": {
        "BookingStatusEnum": [
            "held",
            "pending_payment",
            "pending_approval",
            "confirmed",
            "arrived",
            "in_progress",
            "completed",
            "cancelled",
            "declined",
            "expired",
            "no_show",
        ],
        "CauseEnum": ["told", "no_answer", "mistake"],
        "ContactKindEnum": ["phone", "email"],
        "CopyKindEnum": ["export", "archive"],
        "CustomerKindEnum": ["person", "company"],
        "ToldConsentEnum": ["reminders", "feedback", "marketing", "photos"],
        "ConsentPurposeEnum": ["booking", "reminders", "feedback", "marketing", "photos", "publish_feedback"],
        "WaitlistStatusEnum": ["waiting", "offered", "booked", "expired", "cancelled"],
        "CorrectedPriceKindEnum": ["fixed", "on_request"],
        "DataRequestKindEnum": ["correction", "access", "erasure", "objection", "portability"],
        "PaymentMethodEnum": ["online", "transfer", "cash", "card", "other", "credit"],
        "InvoiceStateEnum": ["asked", "issued", "refused", "withdrawn"],
        "DeliveryStateEnum": ["waiting", "delivered", "failed", "dropped"],
        "PaymentStateEnum": [
            "open",
            "processing",
            "reserved",
            "received",
            "failed",
            "expired",
            "closed",
            "waived",
        ],
        "PriceKindEnum": ["fixed", "from", "on_request"],
        "PrivacyRequestKindEnum": ["access", "blocking", "correction", "erasure", "objection", "portability"],
        "PrivacyRequestStateEnum": ["asked", "granted", "done", "refused", "withdrawn"],
        "PrivacyRequestSourceEnum": ["link", "email", "phone", "paper", "in_person"],
        "RecordedSourceEnum": ["email", "phone", "paper", "in_person"],
        "KeptKindEnum": [
            "coming",
            "waitlist",
            "waiting",
            "refunds",
            "disputes",
            "invoices",
            "credits",
            "settled",
            "proofs",
        ],
        "RefundCauseEnum": ["policy", "business", "late", "kinder", "provider", "changed"],
        "RefundStateEnum": ["pending", "done", "failed", "dropped"],
        "StateEnum": ["free", "full", "closed", "past", "too_soon", "too_far", "unfit"],
        "QuestionKindEnum": ["text", "long_text", "number", "yes_no", "choice", "choices"],
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "api.examples.add_examples",
        "api.sharing.share_parts",
    ],
    "TITLE": "Turnero",
    "DESCRIPTION": "Bookings of one business. Instants are RFC 3339 in UTC; money is integer minor units.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    # A line finds one of many groups of calls.
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "filter": True},
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

LOGGING_CONFIG = "config.logs.configure"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"()": "config.logs.make_formatter", "look": "plain"},
        "json": {"()": "config.logs.make_formatter", "look": "json"},
    },
    # The only one: `configure` takes the handlers of all other loggers away.
    "handlers": {"console": {"class": "config.logs.LineHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django.db.backends": {"level": "WARNING"},
        "django_structlog": {"level": "WARNING"},
        # What strangers send and we refuse is a line of the request, no error of ours: nobody is woken for it.
        "django.security": {"level": "CRITICAL"},
        # Two lines for each task, and one sweeps every two seconds.
        "celery.app.trace": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        # A line for each call, with the whole URL: those of users hold their secrets.
        "httpx": {"level": "WARNING"},
        "stripe": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
    },
}
SENTRY_DSN = _environment.sentry_dsn
RELEASE = _environment.release
METRICS_DIR, OWN_METRICS_DIR = _environment.metrics_dir, _environment.own_metrics_dir
METRICS_TOKEN = _environment.metrics_token
