"""The form of a template, and the message with its preview that every form with a message shares."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext, lazy_gettext, lazy_pgettext
from wtforms import Field, StringField, ValidationError
from wtforms.validators import DataRequired

from ..messaging.personalization import MAX_LENGTH, with_plain_values
from ..messaging.sms_parts import cheaper
from ..messaging.template_placeholders import PLACEHOLDERS, Mistake, Placeholder, mistakes
from ..values.ids import read_id
from ..values.text import clean_block
from ..web.formatting import number
from ..web.forms import EditForm, FlagField, Form, TextField, line_field
from ..web.front_door import is_cut
from .preview import Step

SAVE_IN_NAMES = "nombres"
"""What `abaratar` says where the names are to lose their accents too."""


def message_problems(text: str) -> list[str]:
    """Say in sentences why a text cannot be a message; an empty one has no problem yet."""
    problems = []
    if is_cut(text):
        problems.append(gettext("Use at most %(longest)d characters.", longest=MAX_LENGTH))
    elif len(text) > MAX_LENGTH:
        problems.append(
            gettext(
                "Use at most %(longest)s characters: these are %(count)s.",
                longest=number(MAX_LENGTH),
                count=number(len(text)),
            )
        )
    return problems + _problems_of(mistakes(text[: 2 * MAX_LENGTH]))


def _problems_of(found: list[Mistake]) -> list[str]:
    """Say what is meant by each near miss, and what of the others is not filled in."""
    sentences = [
        gettext("%(written)s is not filled in: did you mean %(meant)s?", written=each.written, meant=each.meant)
        for each in found
        if each.meant
    ]
    if unknown := [each.written for each in found if not each.meant]:
        sentences.append(
            gettext(
                "Only %(placeholder)s is filled in. Correct or remove: %(unknown)s.",
                placeholder=", ".join(placeholder.written for placeholder in PLACEHOLDERS),
                unknown=", ".join(unknown),
            )
        )
    return sentences


def message_field() -> TextField:
    """Return the field for a message's text, with the rules of `message_problems`."""
    filled = DataRequired(message=lazy_gettext("This field is required."))
    return TextField(lazy_gettext("Message"), MAX_LENGTH, clean_block, validators=[filled, _check_message])


def _check_message(_form: Form, field: Field) -> None:
    if problems := message_problems(field.data):
        raise ValidationError(" ".join(problems))


class MessageForm(Form):
    """A form with a message, and what its preview was asked for.

    Without scripts the buttons of the preview send the whole form to its own address: such a request changes
    nothing, and is told from the others by `asks_preview`.
    """

    mensaje = message_field()
    cliente = StringField()
    paso = StringField()
    abaratar = StringField()
    vista_previa = StringField()

    @property
    def asks_preview(self) -> bool:
        """Return whether a button of the preview was pressed."""
        return bool(self.paso.data or self.abaratar.data or self.vista_previa.data)

    @property
    def client_id(self) -> int | None:
        """Return the id of the client whose preview is shown, None for no sensible one."""
        return read_id(self.cliente.data or "")

    @property
    def step(self) -> Step | None:
        """Return whose preview is asked for instead, None for nobody else's."""
        return Step(self.paso.data) if self.paso.data in set(Step) else None

    @property
    def placeholders(self) -> tuple[Placeholder, ...]:
        """Return what may be inserted into the message."""
        return PLACEHOLDERS

    @property
    def problems(self) -> list[str]:
        """Say why the text cannot be a message, as `message_problems` does."""
        return message_problems(self.mensaje.data or "")

    def apply_saving(self) -> None:
        """Rewrite the message with cheaper characters, if that was asked for, and the names in it too."""
        if self.abaratar.data:
            self.mensaje.data = cheaper(self.mensaje.data or "")
        if self.abaratar.data == SAVE_IN_NAMES:
            self.mensaje.data = with_plain_values(self.mensaje.data or "")


class TemplateForm(MessageForm, EditForm):
    """A template."""

    nombre = line_field(lazy_gettext("Name"), 100, required=True)
    activo = FlagField(lazy_pgettext("template", "Active"), default=True)

    def given(self) -> dict[str, Any]:
        """Return the fields of a template that the request gives, but for those that are as the page showed them."""
        return {name: value for name, value in self._changed().items() if name in ("nombre", "mensaje", "activo")}


class ActiveForm(Form):
    """Whether a template is offered."""

    activo = FlagField(default=None)
