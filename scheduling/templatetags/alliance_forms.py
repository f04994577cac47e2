"""What the form templates in templates/alliance/ need beyond Django's own fields."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django import template
from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.forms.widgets import CheckboxInput, ChoiceWidget, Select
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from scheduling.forms.words import AsTyped, Words

register = template.Library()


@dataclass(frozen=True)
class ErrorLink:
    target: str  # id of the control to focus; empty for an error of the whole form
    message: str


@dataclass(frozen=True)
class Option:
    input: SafeString
    id: str
    label: str
    hint: str
    excludes_others: bool = False  # "None of these"


@dataclass
class OptionGroup:
    """Options that stand together, and the fields that open while one of them is chosen."""

    options: list[Option] = field(default_factory=list)
    reveal: str = ""


@register.simple_tag
def error_links(form: BaseForm) -> list[ErrorLink]:
    """In the order of the fields; errors of the whole form first.

    A form may give its fields `short_names`, to tell many errors of the same words apart.
    """
    links = [ErrorLink("", str(message)) for message in form.non_field_errors()]
    for bound in form:
        for error in bound.errors.as_data():
            part = (error.params or {}).get("part", "") if isinstance(error.params, dict) else ""
            links += [ErrorLink(_target(bound, part), _named(bound, words)) for words in error.messages]
    return links


def _named(bound: BoundField, message: str) -> str:
    name = getattr(bound.form, "short_names", {}).get(bound.name)
    return f"{name}: {message}" if name else message


def _target(bound: BoundField, part: str) -> str:
    if part:
        return f"{bound.auto_id}_{part}"
    widget = bound.field.widget
    if isinstance(widget, ChoiceWidget) and not isinstance(widget, Select):
        return f"{bound.auto_id}_0"
    return bound.id_for_label or str(bound.auto_id)


@register.filter
def lines(text: object) -> list[str]:
    """A hint of several lines is a list."""
    return str(text).strip().splitlines()


@register.simple_tag
def field_input(bound: BoundField) -> SafeString:
    widget = bound.field.widget
    if isinstance(widget, CheckboxInput):
        return bound.as_widget()
    own = str(widget.attrs.get("class", ""))
    return bound.as_widget(attrs={"class": f"input {own}".strip()})


@register.simple_tag
def option_groups(
    bound: BoundField,
    reveals: Mapping[Sequence[str], str] | None = None,
    hints: Mapping[str, str] | None = None,
) -> list[OptionGroup]:
    """`reveals` maps values that stand side by side to the rendered fields they open."""
    opened_by = {value: (values, html) for values, html in (reveals or {}).items() for value in values}
    groups: list[OptionGroup] = []
    last: Sequence[str] | None = None
    for choice in bound.subwidgets:
        value = str(choice.data["value"])
        values, html = opened_by.get(value, ((value,), ""))
        if values != last:
            groups.append(OptionGroup(reveal=html))
            last = values
        groups[-1].options.append(
            Option(
                input=choice.tag(),
                id=choice.id_for_label,
                label=_label(choice.choice_label),
                hint=str((hints or {}).get(value, "")),
                excludes_others=value == getattr(bound.field, "excluding", None),
            )
        )
    return groups


def _label(words: Words) -> str:
    return words if isinstance(words, AsTyped) else str(capfirst(words))
