"""How our forms are laid out: defaults of every form, and the few layout objects beyond crispy's own."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from crispy_forms.helper import FormHelper
from crispy_forms.layout import BaseInput, ButtonHolder, Layout, LayoutObject
from crispy_forms.utils import TEMPLATE_PACK, flatatt, render_field
from django.forms import BaseForm
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from scheduling.forms.words import Words

Fields: TypeAlias = "str | LayoutObject"


class PrimaryButton(BaseInput):
    """The one main button of a page. `busy` is shown after the first press."""

    input_type = "submit"
    field_classes = "button"

    def __init__(self, words: Words, *, name: str = "", busy: Words = "") -> None:
        self.words = words
        super().__init__(name, words)
        self.flat_attrs = flatatt({"data-busy": busy or _("One moment…")})

    def render(
        self, form: BaseForm, context: Context, template_pack: str = TEMPLATE_PACK, **kwargs: Any
    ) -> SafeString:
        self.value = self.words  # never read as a template: a translation is text
        return render_to_string(self.get_template_name(template_pack), {"input": self})


class SecondButton(PrimaryButton):
    field_classes = "button button-second"


class Question(LayoutObject):
    """The one field of a page: its label or legend is the h1."""

    def __init__(self, field: str) -> None:
        self.fields = [field]

    def render(
        self, form: BaseForm, context: Context, template_pack: str = TEMPLATE_PACK, **kwargs: Any
    ) -> SafeString:
        extra = {"field_as_question": True}
        return _field(self.fields[0], form, context, template_pack, extra)


class Options(LayoutObject):
    """Radios or checkboxes.

    `reveals` maps a value, or a tuple of values that stand side by side, to the fields that open below it;
    `hints` maps a value to a line below its label; `in_row` sets short answers side by side, `in_columns`
    longer ones where there is room.
    """

    def __init__(
        self,
        field: str,
        *,
        reveals: Mapping[str | tuple[str, ...], list[Fields]] | None = None,
        hints: Mapping[str, Words] | None = None,
        in_row: bool = False,
        in_columns: bool = False,
        question: bool = False,
    ) -> None:
        self.name = field
        self.opened = {
            (key,) if isinstance(key, str) else key: value for key, value in (reveals or {}).items()
        }
        self.fields = [field, *(inner for inners in self.opened.values() for inner in inners)]
        self.extra = {
            "option_hints": hints or {},
            "options_in_row": in_row,
            "options_in_columns": in_columns,
            "field_as_question": question,
        }

    def render(
        self, form: BaseForm, context: Context, template_pack: str = TEMPLATE_PACK, **kwargs: Any
    ) -> SafeString:
        reveals = {
            values: _fields(inner, form, context, template_pack) for values, inner in self.opened.items()
        }
        return _field(self.name, form, context, template_pack, {**self.extra, "option_reveals": reveals})


class Reveal(LayoutObject):
    """One checkbox and the fields that open below it while it is checked."""

    def __init__(self, checkbox: str, *fields: Fields) -> None:
        self.name = checkbox
        self.fields = [checkbox, *fields]

    def render(
        self, form: BaseForm, context: Context, template_pack: str = TEMPLATE_PACK, **kwargs: Any
    ) -> SafeString:
        inner = _fields(self.fields[1:], form, context, template_pack)
        return _field(self.name, form, context, template_pack, {"checkbox_reveal": inner})


class AllianceHelper(FormHelper):
    """`AllianceHelper(form, "first", Options("second"), button=PrimaryButton(_("Continue")))`.

    `needed` names fields that only clean() asks for: they are not called optional. `for_strangers`: the view
    asks portal.strangers.press_again before it makes a row.
    Without fields: all fields of the form in their order. The error summary belongs to the page (base.html).
    """

    include_media = False

    def __init__(
        self,
        form: BaseForm,
        *fields: Fields,
        button: PrimaryButton | None = None,
        others: tuple[PrimaryButton, ...] = (),
        needed: tuple[str, ...] = (),
        method: str = "post",
        action: str = "",
        tag: bool = True,
        for_strangers: bool = False,
    ) -> None:
        super().__init__()
        self.form = form
        self.form_method = method
        self.form_action = action
        self.form_tag = tag
        self.for_strangers = for_strangers
        self.attrs = {"novalidate": True}
        # "required" would be read out as invalid before anything is typed.
        form.use_required_attribute = False
        for name in needed:
            form.fields[name].needed = True  # type: ignore[attr-defined]  # read by label_text.html
        buttons = [ButtonHolder(button or PrimaryButton(_("Continue")), *others)] if tag or button else []
        self.layout = Layout(*(fields or form.fields), *buttons)
        self.render_hidden_fields = True


def _field(
    name: str, form: BaseForm, context: Context, template_pack: str, extra: Mapping[str, object]
) -> SafeString:
    html: SafeString = render_field(name, form, context, template_pack=template_pack, extra_context=extra)
    return html


def _fields(fields: list[Fields], form: BaseForm, context: Context, template_pack: str) -> SafeString:
    return SafeString(
        "".join(render_field(each, form, context, template_pack=template_pack) for each in fields)
    )
