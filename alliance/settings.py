"""All settings, read from the environment. README.md has the table.

Production refuses to start with a known secret key or without TLS. DEBUG, DEMO, TESTING and PLAIN_HTTP
(what `dev.py run` sets) allow both, and are refused wherever another machine could reach the site.
"""

from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import available_timezones

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)
TESTING = env.bool("TESTING", default=False)
PLAIN_HTTP = env.bool("PLAIN_HTTP", default=False)  # `dev.py run`: on loopback, whatever database it uses
TRUSTED = DEBUG or DEMO or TESTING or PLAIN_HTTP  # this machine only; never a server that patients reach

SECRET_KEY = env.str("SECRET_KEY", default="insecure-for-this-machine-only" if TRUSTED else "")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])  # old keys: their links still open
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000" if TRUSTED else "").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"] if TRUSTED else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


if TRUSTED:
    for host in (*ALLOWED_HOSTS, urlsplit(SITE_URL).hostname or ""):
        if not is_loopback(host):
            raise ImproperlyConfigured(
                "DEBUG, DEMO, TESTING and PLAIN_HTTP are for this machine only, with a known secret key: "
                f"ALLOWED_HOSTS and SITE_URL must be loopback, but name {host!r}."
            )
else:
    if len(SECRET_KEY) < 50 or SECRET_KEY.startswith("insecure"):
        raise ImproperlyConfigured("SECRET_KEY must be set to at least 50 random characters.")
    if not SITE_URL.startswith("https://"):
        raise ImproperlyConfigured("SITE_URL must be the https:// address patients use.")
    if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
        raise ImproperlyConfigured("ALLOWED_HOSTS must name the hosts, without *.")

# The names a center shows. Pages carry the brand; titles, senders, subjects and calendar
# files carry the neutral name, because a brand can reveal what kind of care it is.
BRAND_NAME = env.str("BRAND_NAME", default="Alliance MRI")
NEUTRAL_NAME = env.str("NEUTRAL_NAME", default="Alliance")
HELP_PHONE = env.str("HELP_PHONE", default="+18005550142")

INSTALLED_APPS = [
    "scheduling.apps.SchedulingConfig",
    "locations.apps.LocationsConfig",
    "django.forms",  # so that FORM_RENDERER finds Django’s own widgets
    "crispy_forms",
    "phonenumber_field",
    "csp",
    "allauth",
    "allauth.account",  # sign-in of staff; patients have no account
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "alliance.apps.StaffAdminConfig",  # django.contrib.admin behind our sign-in
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "alliance.refusals.RefusalPages",
    "allauth.account.middleware.AccountMiddleware",
    "scheduling.frontdesk.middleware.StaffPages",
    "axes.middleware.AxesMiddleware",  # last: it answers in place of the view when an account is locked
]

ROOT_URLCONF = "alliance.urls"
WSGI_APPLICATION = "alliance.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "locations.context_processors.site",
                "scheduling.context_processors.guides",
            ],
        },
    }
]

DATABASES = {"default": env.db("DATABASE_URL", default="postgres:///alliance")}
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "locations.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",  # first: looks at no password while an account is locked
    "django.contrib.auth.backends.ModelBackend",
    "scheduling.queries.permissions.RoleBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "frontdesk:desk"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]

# Staff sign in with email, password and a second factor. No account is made by signing up.
ACCOUNT_ADAPTER = "scheduling.frontdesk.accounts.StaffAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # an invitation reached the address, or a command named it
ACCOUNT_SESSION_REMEMBER = True  # as long as a patient's session in the same browser; the idle time ends it
ACCOUNT_FORMS = {
    "login": "scheduling.frontdesk.account_forms.SignInForm",
    "reauthenticate": "scheduling.frontdesk.account_forms.PasswordAgainForm",
}
ACCOUNT_RATE_LIMITS = False  # counted in a cache of one process; AXES_ and actions.staff hold for all
ACCOUNT_REAUTHENTICATION_TIMEOUT = 5 * 60  # seconds
MFA_ADAPTER = "scheduling.frontdesk.accounts.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "scheduling.frontdesk.account_forms.CodeForm",
    "authenticate_webauthn": "scheduling.frontdesk.account_forms.PasskeyForm",
    "reauthenticate": "scheduling.frontdesk.account_forms.CodeAgainForm",
    "reauthenticate_webauthn": "scheduling.frontdesk.account_forms.PasskeyAgainForm",
    "activate_totp": "scheduling.frontdesk.account_forms.NewAppForm",
    "add_webauthn": "scheduling.frontdesk.account_forms.NewPasskeyForm",
}
MFA_RATE_LIMITS = False
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute off
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = TRUSTED  # http://localhost
USERSESSIONS_TRACK_ACTIVITY = False  # scheduling.frontdesk.middleware does, and only once a minute

# One account, tried from one address: a colleague's mistakes lock nobody else out.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # the page says when it ends; trying does not move it
AXES_USERNAME_CALLABLE = "scheduling.frontdesk.lockout.account_key"
AXES_CLIENT_IP_CALLABLE = "scheduling.frontdesk.lockout.address_of"
AXES_LOCKOUT_CALLABLE = "scheduling.frontdesk.lockout.locked_page"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "login", "next", "csrfmiddlewaretoken"]
AXES_DISABLE_ACCESS_LOG = True  # the audit has it
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

LANGUAGE_CODE = "en"
# No LocaleMiddleware yet: pages turn Spanish only when the whole journey does. Messages and catalogue
# texts already know both languages.
LANGUAGES = [("en", _("English")), ("es", _("Spanish"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"  # pages always show the location's zone; see scheduling/templatetags
# For what belongs to no single location: notices, and where a day begins in lists over all of them.
HOME_TIME_ZONE = env.str("HOME_TIME_ZONE", default="America/Chicago")
if HOME_TIME_ZONE not in available_timezones():
    raise ImproperlyConfigured(f"HOME_TIME_ZONE must name a time zone, not {HOME_TIME_ZONE!r}.")

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Orders and insurance cards: in a folder that all web and worker machines share, or in a bucket of an S3
# store. Never below a public address; only queries.access finds them.
DOCUMENTS_DIR = env.str("DOCUMENTS_DIR", default=str(BASE_DIR / ".local" / "documents") if TRUSTED else "")
DOCUMENTS_BUCKET = env.str("DOCUMENTS_BUCKET", default="")
DOCUMENTS_ENDPOINT = env.str("DOCUMENTS_ENDPOINT", default="")  # of an S3 store that is not Amazon’s
if not (DOCUMENTS_DIR or DOCUMENTS_BUCKET):
    raise ImproperlyConfigured(
        "DOCUMENTS_DIR or DOCUMENTS_BUCKET must say where patients’ documents are kept."
    )
for served in ("static", "staticfiles", "public"):
    if DOCUMENTS_DIR and Path(DOCUMENTS_DIR).resolve().is_relative_to(BASE_DIR / served):
        raise ImproperlyConfigured(f"DOCUMENTS_DIR must not be in {served}: everybody can read that folder.")

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "documents": {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": DOCUMENTS_BUCKET,
            "endpoint_url": DOCUMENTS_ENDPOINT or None,
            "default_acl": None,  # the bucket’s own: private
            "file_overwrite": False,
        },
    }
    if DOCUMENTS_BUCKET
    else {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": DOCUMENTS_DIR,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_ROOT = BASE_DIR / "public"  # what browsers and robots ask for at the root, by fixed names
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG or TESTING

# Counts and limits what pages take, and leaves nothing in the temporary folder. More files than a page takes
# get a sentence; only far more are refused without reading.
FILE_UPLOAD_HANDLERS = ["scheduling.forms.upload_handler.LimitedUpload"]
DATA_UPLOAD_MAX_NUMBER_FILES = 500

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"  # widgets may have templates in templates/
CRISPY_ALLOWED_TEMPLATE_PACKS = ("alliance",)
CRISPY_TEMPLATE_PACK = "alliance"
CRISPY_FAIL_SILENTLY = False

PHONENUMBER_DEFAULT_REGION = "US"
PHONENUMBER_DB_FORMAT = "E164"

# Mail leaves through the outbox only (scheduling/actions/delivery.py).
vars().update(env.email("EMAIL_URL", default="smtp://127.0.0.1:25"))
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=10)  # seconds
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="visits@alliance.example")
MAILBOX_DIR = env.str("MAILBOX_DIR", default="")  # demo only: where the loopback mail server keeps mail

CELERY_BROKER_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
CELERY_BROKER_TRANSPORT_OPTIONS = env.json("BROKER_TRANSPORT_OPTIONS", default={}) or {
    "visibility_timeout": 3600,  # seconds
    "unacked_restore_throttle": 1,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"

SESSION_COOKIE_AGE = 24 * 3600  # seconds; a patient's answers, from the last one on
STAFF_IDLE_SECONDS = env.int("STAFF_IDLE_SECONDS", default=15 * 60)  # then staff sign in again
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "locations.views.form_expired"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if not TRUSTED:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    if env.bool("BEHIND_TLS_PROXY", default=False):
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
        MIDDLEWARE.insert(0, "alliance.middleware.ProxyAddress")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

DRAFT_RETENTION_DAYS = env.int("DRAFT_RETENTION_DAYS", default=7)
GUIDANCE_REVIEW_DAYS = env.int("GUIDANCE_REVIEW_DAYS", default=183)
INVITATION_DAYS = env.int("INVITATION_DAYS", default=30)
STAFF_INVITATION_DAYS = env.int("STAFF_INVITATION_DAYS", default=3)
LINK_DAYS_AFTER_VISIT = env.int("LINK_DAYS_AFTER_VISIT", default=30)

# One handler, whose formatter takes out links and patients' data; also for gunicorn, which sets up loggers of
# its own before it loads us. Django's handlers are left out: one of them mails requests as they are.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "alliance.logs.PrivateFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
    "loggers": {
        "django": {"level": "NOTSET", "handlers": [], "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        "gunicorn.error": {"handlers": [], "propagate": True},
        "gunicorn.access": {"handlers": [], "propagate": True},
    },
}
