"""Two desks on one booking by phone: what a page did not change is not written over what a colleague typed.

A page says in one hidden field what it showed. Only what differs from that was typed there; where a colleague
changed the same meanwhile, nobody's is written before somebody has seen both.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict

SEEN = "seen"
# By name: what the page showed, and what was kept at that time (a phone is shown as it was typed).
Seen = dict[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Merged:
    kept: QueryDict  # with the colleague's words where both changed something
    typed: QueryDict  # with this page's words there
    conflicts: dict[str, str]  # what the colleague wrote


def shown_in(form: forms.Form) -> dict[str, str]:
    """As a browser would send them back."""
    return {bound.name: _as_sent(bound) for bound in form}


def first_seen(form: forms.Form) -> str:
    return _as_text({name: (words, words) for name, words in shown_in(form).items()})


def seen_after(posted: Mapping[str, Any], form: forms.Form, not_kept: Iterable[str]) -> str:
    """Of a page that stays as it is while what was typed in it is kept. `form` is of what is kept now."""
    before, now, same = _read(posted), shown_in(form), set(not_kept)
    same |= {name for name, (shown, _stored) in before.items() if _sent(posted, name) == shown}
    return _as_text(
        {
            name: pair if name in same else (_sent(posted, name), now[name])
            for name, pair in before.items()
            if name in now
        }
    )


def merge(posted: QueryDict, form: forms.Form, bound: forms.Form, kept_form: forms.Form) -> Merged:
    """`form` is of what is kept, `bound` has what was posted, `kept_form` what is kept as if posted."""
    now, kept, typed = shown_in(form), posted.copy(), posted.copy()
    conflicts = {}
    for name, (shown, stored) in _read(posted).items():
        if name not in now or now[name] == stored:
            continue
        if _sent(posted, name) == shown:
            _put(kept, name, now[name])
            _put(typed, name, now[name])
        elif not _mean_the_same(name, bound, kept_form):
            _put(kept, name, now[name])
            conflicts[name] = _words(form, name, now[name])
    return Merged(kept, typed, conflicts)


def _mean_the_same(name: str, one: forms.Form, other: forms.Form) -> bool:
    """“031452” and “3/14/1952” do."""
    one.is_valid()
    other.is_valid()
    missing = object()
    return bool(one.cleaned_data.get(name, missing) == other.cleaned_data.get(name))


def _words(form: forms.Form, name: str, value: str) -> str:
    """A choice is said as the page names it."""
    choices = getattr(form.fields[name].widget, "choices", ())
    return next((str(label) for key, label in choices if str(key) == value), value)


def _as_sent(bound: forms.BoundField) -> str:
    value, widget = bound.value(), bound.field.widget
    if isinstance(widget, forms.CheckboxInput):
        return "on" if value else ""
    if not isinstance(widget, forms.widgets.ChoiceWidget):
        value = widget.format_value(value)
    return str(value or "").strip()


def _sent(posted: Mapping[str, Any], name: str) -> str:
    return str(posted.get(name, "")).strip()


def _put(posted: QueryDict, name: str, value: str) -> None:
    """A box that is not ticked is not sent."""
    if value:
        posted[name] = value
    else:
        posted.pop(name, None)


def _as_text(seen: Seen) -> str:
    return json.dumps(seen, ensure_ascii=False, separators=(",", ":"))


def _read(posted: Mapping[str, Any]) -> Seen:
    """Nothing from a page that says nothing, or that somebody has changed by hand."""
    try:
        found = json.loads(str(posted.get(SEEN, "")))
        return {str(name): (str(shown), str(stored)) for name, (shown, stored) in found.items()}
    except (ValueError, TypeError, AttributeError):
        return {}
