"""Staff and how they sign in."""

from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Max
from django.utils.crypto import salted_hmac

from locations.models import Assignment, User

DEMO_DOMAIN = "@alliance.example"
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)  # recovery codes only stand in for them


def has_second_factor(user: User) -> bool:
    return bool(Authenticator.objects.filter(user=user, type__in=FACTORS).exists())


def account_of(email: str) -> str:
    """What tries are counted by. Not the address: it may be a password typed in the wrong box."""
    return salted_hmac("sign-in", User.objects.normalize_email(email), algorithm="sha256").hexdigest()


def wait_of(account: str, address: str, *, now: datetime) -> timedelta:
    """Until the account may be tried again from the address."""
    tries = AccessAttempt.objects.filter(username=account, ip_address=address)
    last = tries.aggregate(last=Max("attempt_time"))["last"] or now
    return max(last + settings.AXES_COOLOFF_TIME - now, timedelta(0))


def is_last_factor(authenticator: Authenticator) -> bool:
    others = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=FACTORS)
    return not others.exclude(pk=authenticator.pk).exists()


def app_secret_of(user: User) -> str:
    """As it is kept: encrypted."""
    app = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    return str(app.data["secret"]) if app else ""


def demo_accounts() -> list[tuple[str, str]]:
    """Role and email of everybody at the demonstration's domain, which exists nowhere else."""
    held = Assignment.objects.filter(user__is_active=True, user__email__endswith=DEMO_DOMAIN)
    first = held.order_by("user_id", "pk").distinct("user_id").select_related("user", "location")
    return [(each.get_role_display(), each.user.email) for each in first]
