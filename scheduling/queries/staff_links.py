"""Which link of somebody's is open, and whether a mail about an account should still leave."""

from datetime import datetime

from django.core.signing import BadSignature, Signer

from locations.models import User
from scheduling.exceptions import NotFound
from scheduling.models import Message, StaffLink

WITH_LINK = {
    Message.Kind.STAFF_INVITED: StaffLink.Kind.JOIN,
    Message.Kind.STAFF_PASSWORD: StaffLink.Kind.PASSWORD,
}


def _links() -> Signer:
    return Signer(salt="scheduling.staff-link", sep=".")


def staff_token(link: StaffLink) -> str:
    """For a link by which a password is chosen, once; opening it changes nothing."""
    return _links().sign(link.key)


def link_of_token(token: str, kind: StaffLink.Kind, *, now: datetime) -> StaffLink:
    """Raises NotFound: used, withdrawn, too old, of somebody without access and never made look alike."""
    try:
        key = _links().unsign(token)
    except BadSignature as error:
        raise NotFound from error
    links = StaffLink.objects.select_related("user").filter(key=key, kind=kind, user__is_active=True)
    link = links.filter(used_at=None, withdrawn_at=None, ends_at__gt=now).first()
    if link is None:
        raise NotFound
    return link


def open_link_of(user: User) -> StaffLink | None:
    """It may be too old."""
    return StaffLink.objects.filter(user=user, used_at=None, withdrawn_at=None).first()


def is_mail_wanted(user: User, kind: str, *, now: datetime) -> bool:
    """Nobody gets a link that opens nothing, or hears of an account that is no longer theirs."""
    if not user.is_active:
        return False
    wanted = WITH_LINK.get(Message.Kind(kind))
    if wanted is None:
        return True
    link = open_link_of(user)
    return link is not None and link.kind == wanted and link.ends_at > now
