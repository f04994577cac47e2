"""What someone who changes a draft's exam looks for and has chosen, until it is saved. In the session: an
address that holds a draft holds no exam."""

from django.http import HttpRequest

from scheduling.models import Draft

_KEY = "choosing"


def keep(request: HttpRequest, draft: Draft, **found: str) -> None:
    """`asked`: what was typed; `exam`: a slug."""
    request.session[_KEY] = {**_of(request, draft), **found, "draft": str(draft.pk)}


def asked_for(request: HttpRequest, draft: Draft) -> str:
    return _of(request, draft).get("asked", "")


def chosen_exam(request: HttpRequest, draft: Draft) -> str:
    """The slug of the exam chosen instead, or of the draft's own."""
    return _of(request, draft).get("exam", draft.exam.slug)


def end(request: HttpRequest) -> None:
    request.session.pop(_KEY, None)


def _of(request: HttpRequest, draft: Draft) -> dict[str, str]:
    kept: dict[str, str] = request.session.get(_KEY, {})
    return kept if kept.get("draft") == str(draft.pk) else {}
