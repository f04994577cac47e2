"""A session is signed in with a second factor, or it opens nothing of the desk but the way to one."""

from django.http import HttpRequest

VERIFIED = "staff_second_factor"
_WANTED = "staff_wanted"
# What somebody without a second factor may open.
SET_UP = frozenset(
    {
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "account_reauthenticate",
        "sign-out",
        # Open to everybody: whoever has such a link may have begun as somebody else.
        "account_join",
        "account_new_password",
        "account_forgot",
        "account_forgot_sent",
    }
)


def mark_verified(request: HttpRequest) -> None:
    """Right after a code or a passkey was shown to be theirs."""
    request.session[VERIFIED] = True


def is_verified(request: HttpRequest) -> bool:
    return bool(request.session.get(VERIFIED))


def keep_wanted(request: HttpRequest) -> None:
    """Where the person was going when the set-up came in between."""
    if request.method == "GET":
        request.session[_WANTED] = request.get_full_path()


def take_wanted(request: HttpRequest) -> str:
    return str(request.session.pop(_WANTED, ""))
