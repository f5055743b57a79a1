"""Settings. Everything that differs between installations is read from `ZHIHENG_…` variables.

Without any variable this is the embedded installation: SQLite, a local folder and Celery's filesystem
transport, all under `var/` (or `$ZHIHENG_HOME`), and no other server. Importing this module writes nothing.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config import environment as env
from config.database import database
from config.logs import json_lines

BASE_DIR = Path(__file__).resolve().parent.parent
HOME = env.folder("ZHIHENG_HOME", BASE_DIR / "var")

SECRET_KEY_PATH = HOME / "secret_key"
SECRET_KEY, SECRET_KEY_IS_TEMPORARY = env.secret_key(SECRET_KEY_PATH)
# Ed25519, PEM; signs receipts. Without it the first signature makes one in HOME; several hosts share one here.
SIGNING_KEY = env.secret("ZHIHENG_SIGNING_KEY")
DEBUG = env.flag("ZHIHENG_DEBUG", False)
ALLOWED_HOSTS = env.listed("ZHIHENG_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.listed("ZHIHENG_TRUSTED_ORIGINS", [])
# Where people reach this installation; printed on papers and in their QR codes.
PUBLIC_ADDRESS = env.text("ZHIHENG_PUBLIC_ADDRESS", "http://localhost:8000").rstrip("/")
BEHIND_TLS = PUBLIC_ADDRESS.startswith("https://")

INSTALLED_APPS = [
    "operations",
    "centres",
    "evidence",
    "indicators",
    "assessment",
    "config.apps.SiteConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "drf_spectacular",
    "knox",
    "rest_framework",
    "rules",
]

MIDDLEWARE = [
    "operations.http.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "operations.http.middleware.ProblemMiddleware",
    "operations.http.entrance.EntranceMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "centres.web.session_ended.KeepWhatWasTyped",
    "centres.roles.RolesReadOnce",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "centres.web.second_factor.SecondFactorMiddleware",
]

ROOT_URLCONF = "config.urls"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# --- data --------------------------------------------------------------------------------------------

DATABASES = {"default": database(env.secret("ZHIHENG_DATABASE_URL"), home=HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STORE_ROOT = env.folder("ZHIHENG_STORE", HOME / "store")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": HOME / "media"}},
    "evidence": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": STORE_ROOT}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Embedded: served from where they lie. With a folder named here, from what `collectstatic` put there.
STATIC_ROOT = env.text("ZHIHENG_STATIC_ROOT", "") or None
WHITENOISE_USE_FINDERS = STATIC_ROOT is None

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    if not (_cache := env.secret("ZHIHENG_CACHE_URL"))
    else environ.Env.cache_url_config(_cache)
}

# --- bodies, evidence and parsers: budgets of one request and one file ---------------------------------

BODY_LIMIT = DATA_UPLOAD_MAX_MEMORY_SIZE = env.whole("ZHIHENG_BODY_LIMIT", 1024 * 1024, least=1024)
# The form of a profile with the most rows it may have holds 6,358, of which a browser sends the empty ones, too.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 8_000
FILE_UPLOAD_HANDLERS = ["operations.http.whole_forms.WholeForms"]
EVIDENCE_LIMIT = env.whole("ZHIHENG_EVIDENCE_LIMIT", 10 * 1024**3, least=1)
# These read their own bodies, however long; `*` stands for whatever follows.
STREAMED_PATHS = ("/api/v1/evidence/", "/api/v1/uploads/*")
UPLOAD_HOURS = env.whole("ZHIHENG_UPLOAD_HOURS", 72, least=1)
CENTRE_BYTES = env.whole("ZHIHENG_CENTRE_BYTES", 1024**4, least=1)
CENTRE_FILES_PER_DAY = env.whole("ZHIHENG_CENTRE_FILES_PER_DAY", 20_000, least=1)
CENTRE_OPEN_UPLOADS = env.whole("ZHIHENG_CENTRE_OPEN_UPLOADS", 50, least=1)
PARSER_SECONDS = env.whole("ZHIHENG_PARSER_SECONDS", 600, least=1)
PARSER_MEMORY = env.whole("ZHIHENG_PARSER_MEMORY", 512 * 1024**2, least=64 * 1024**2)
PARSER_OUTPUT = env.whole("ZHIHENG_PARSER_OUTPUT", 4 * 1024**3, least=1024**2)
ARCHIVE_EXPANDED = env.whole("ZHIHENG_ARCHIVE_EXPANDED", 20 * 1024**3, least=1024**2)

# --- people --------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "centres.Person"
AUTHENTICATION_BACKENDS = ["rules.permissions.ObjectPermissionBackend", "django.contrib.auth.backends.ModelBackend"]
# Argon2 for new passwords: the stronger one, and quicker to check for an honest server.
PASSWORD_HASHERS = [
    "config.hashers.Argon2",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
SESSION_COOKIE_SECURE = BEHIND_TLS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_SECURE = BEHIND_TLS
CSRF_COOKIE_SAMESITE = "Lax"
ACCOUNT_ADAPTER = "centres.web.account_adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # an address is known from the invitation that reached it
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_SESSION_COOKIE_AGE = SESSION_COOKIE_AGE
ACCOUNT_REAUTHENTICATION_METHODS = ["password", "mfa"]
ACCOUNT_FORMS = {
    "login": "centres.web.account_forms.SignInForm",
    "reauthenticate": "centres.web.account_forms.PasswordForm",
    "change_password": "centres.web.account_forms.ChangePasswordForm",
    "reset_password": "centres.web.account_forms.ResetPasswordForm",
    "reset_password_from_key": "centres.web.account_forms.NewPasswordForm",
}
# Guesses at one account from one address are counted by `sign_in` below; these count them from everywhere.
ACCOUNT_RATE_LIMITS = {"login_failed": "60/m/ip,20/300s/key"}
MFA_ADAPTER = "centres.web.account_adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = env.text("ZHIHENG_ISSUER", "Zhiheng")
MFA_TOTP_TOLERANCE = 1  # RFC 6238, 5.2: one step for the transmission and clocks that differ
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "authenticate": "centres.web.account_forms.CodeForm",
    "reauthenticate": "centres.web.account_forms.CodeAgainForm",
    "activate_totp": "centres.web.account_forms.FirstCodeForm",
}
# How old a proof of the second factor may be for a decision or an act on a certificate.
FRESH_SECONDS = 60 * env.whole("ZHIHENG_FRESH_MINUTES", 15, least=1)
ACCOUNT_REAUTHENTICATION_TIMEOUT = FRESH_SECONDS
CODES_PER_HOUR = env.whole("ZHIHENG_WRONG_CODES_PER_HOUR", 10, least=1)
INVITATION_DAYS = env.whole("ZHIHENG_INVITATION_DAYS", 7, least=1)
KNOX_TOKEN_MODEL = "knox.AuthToken"  # noqa: S105  (a name of a model, which our migrations ask for)
REST_KNOX = {"TOKEN_TTL": timedelta(hours=env.whole("ZHIHENG_TOKEN_HOURS", 12, least=1))}

# Sign-in elsewhere, by OpenID Connect; off without a server. Nobody gets an account by it: the provider's verified
# address has to be that of an account that is there.
OIDC_SERVER = env.text("ZHIHENG_OIDC_SERVER", "")
if OIDC_SERVER:
    INSTALLED_APPS += ["allauth.socialaccount", "allauth.socialaccount.providers.openid_connect"]
    SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "elsewhere",
                    "name": env.text("ZHIHENG_OIDC_NAME", "OpenID Connect"),
                    "client_id": env.text("ZHIHENG_OIDC_CLIENT_ID", ""),
                    "secret": env.secret("ZHIHENG_OIDC_CLIENT_SECRET") or "",
                    "settings": {"server_url": OIDC_SERVER},
                }
            ],
        }
    }
    SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
    SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True

# --- mail ----------------------------------------------------------------------------------------------

# Without an address every mail is a file under `mail/`: nothing leaves an isolated network by itself.
_MAIL = env.secret("ZHIHENG_MAIL_URL")
_mail: dict[str, Any] = (
    environ.Env.email_url_config(_MAIL)
    if _MAIL
    else {"EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend", "EMAIL_FILE_PATH": str(HOME / "mail")}
)
EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
EMAIL_FILE_PATH = _mail.get("EMAIL_FILE_PATH")
EMAIL_HOST, EMAIL_PORT = _mail.get("EMAIL_HOST") or "localhost", _mail.get("EMAIL_PORT") or 25
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.get("EMAIL_HOST_USER") or "", _mail.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS, EMAIL_USE_SSL = bool(_mail.get("EMAIL_USE_TLS")), bool(_mail.get("EMAIL_USE_SSL"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("ZHIHENG_MAIL_FROM", "zhiheng@localhost")

# --- languages -----------------------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# --- what a browser may do with our pages --------------------------------------------------------------

X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("ZHIHENG_BEHIND_PROXY", False) else None
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        # A browser asks this also of where a form is redirected to.
        "form-action": [
            SELF,
            *([f"{urlsplit(OIDC_SERVER).scheme}://{urlsplit(OIDC_SERVER).netloc}"] if OIDC_SERVER else []),
        ],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- the API -------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "centres.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["operations.http.parser.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "operations.http.pagination.Pages",
    "DEFAULT_SCHEMA_CLASS": "operations.http.schema.Described",
    "DEFAULT_THROTTLE_CLASSES": ["operations.http.throttling.ByPerson", "operations.http.throttling.ByAddress"],
    "DEFAULT_THROTTLE_RATES": {
        "person": env.text("ZHIHENG_RATE_PERSON", "1200/min"),
        "address": env.text("ZHIHENG_RATE_ADDRESS", "300/min"),
        "sign_in": env.text("ZHIHENG_RATE_SIGN_IN", "20/min"),
    },
    "DEFAULT_METADATA_CLASS": None,
    "URL_FORMAT_OVERRIDE": None,  # `format` is a word of ours
    "EXCEPTION_HANDLER": "operations.http.problems.exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "UNICODE_JSON": True,
    "COMPACT_JSON": True,
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    "DEFAULT_GENERATOR_CLASS": "operations.http.schema.OneAtATime",
    "TITLE": "Zhiheng 智衡",
    "DESCRIPTION": "Assessment of AI computing centres: evidence in, explained results and signed papers out.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "CaseKind": "assessment.casework.states.Kind",
        "CaseState": "assessment.casework.states.AssessmentState",
        "DisputeKind": "assessment.casework.states.DisputeKind",
        "DisputeState": "assessment.casework.states.DisputeState",
        "FindingState": "assessment.casework.states.FindingState",
        "RatingState": "assessment.casework.states.RatingState",
        "EditionState": "indicators.models.EditionState",
        "EvidenceState": "evidence.models.EvidenceState",
    },
}

# --- the assessing body, as papers name it ---------------------------------------------------------------

BODY_NAME = env.in_both(
    "ZHIHENG_BODY", zh="智衡示例评价机构（演示）", en="Zhiheng Example Assessment Body (demonstration)"
)
BODY_ADDRESS = env.in_both(
    "ZHIHENG_BODY_ADDRESS", zh="中国（演示安装，未填写地址）", en="China (demonstration, no address entered)"
)
BODY_COMPLAINTS = env.in_both(
    "ZHIHENG_COMPLAINTS",
    zh=f"请从 {PUBLIC_ADDRESS} 提出，由未参与此案的人员处理。",
    en=f"through {PUBLIC_ADDRESS}; handled by people not involved in the case.",
)

# How new cases are handled; each keeps what it was opened with. Express: the evaluation contains the review of the
# application. Days of notice: a decision to certify is open to objections so long before it takes effect.
SCHEME_EXPRESS = env.flag("ZHIHENG_SCHEME_EXPRESS", False)
SCHEME_NOTICE_DAYS = env.whole("ZHIHENG_SCHEME_NOTICE_DAYS", 0)
# `single`: the evaluation rules on every indicator; `double`: levels an assessor judges are rated twice, blind.
SCHEME_RATING = env.choice("ZHIHENG_SCHEME_RATING", "single", ("none", "single", "double"))
# From which grade on two people decide, never in express; the word on the papers: 认证 only for an accredited body.
SCHEME_GRADES = ("L2", "L3", "L4", "L5")  # in order, as texts too: the database compares them
SCHEME_TWO_DECIDERS_FROM = env.choice("ZHIHENG_SCHEME_TWO_DECIDERS_FROM", "L4", ("none", *SCHEME_GRADES))
SCHEME_TYPE = env.choice("ZHIHENG_SCHEME_TYPE", "assessment", ("assessment", "certification"))

# --- work that takes longer than a request ---------------------------------------------------------------

JOB_LEASE_SECONDS = env.whole("ZHIHENG_JOB_LEASE_SECONDS", 20, least=2)
CERTIFICATE_SECONDS = 24 * 60 * 60  # how often the calendar is asked what it brings about
JOB_SWEEP_SECONDS = env.whole("ZHIHENG_JOB_SWEEP_SECONDS", 5, least=1)

_EMBEDDED_BROKER = "folder://localhost/"  # config.broker
CELERY_BROKER_URL = env.secret("ZHIHENG_BROKER_URL") or _EMBEDDED_BROKER
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {
        "data_folder_in": str(HOME / "broker"),
        "data_folder_out": str(HOME / "broker"),
        "control_folder": str(HOME / "broker" / "control"),
        "polling_interval": 0.1,
    }
    if CELERY_BROKER_URL == _EMBEDDED_BROKER
    else {}
)
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
# The filesystem transport hands acknowledgements on every two seconds only: with few messages in hand a worker would
# idle until then. A message taken and lost costs nothing, because the job's row is rung for again.
CELERY_WORKER_PREFETCH_MULTIPLIER = 64 if CELERY_BROKER_URL == _EMBEDDED_BROKER else 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(HOME / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "sweep jobs": {
        "task": "operations.sweep",
        "schedule": JOB_SWEEP_SECONDS,
        "options": {"expires": JOB_SWEEP_SECONDS},  # sweeps missed while no worker ran are not made up for
    },
    "keep certificates": {
        "task": "assessment.keep_certificates",
        "schedule": CERTIFICATE_SECONDS,
        "options": {"expires": CERTIFICATE_SECONDS},
    },
    "tidy the store": {"task": "evidence.tidy", "schedule": timedelta(hours=1), "options": {"expires": 3600}},
}

# --- logs ------------------------------------------------------------------------------------------------

LOGGING = json_lines(level=env.text("ZHIHENG_LOG_LEVEL", "INFO"))
