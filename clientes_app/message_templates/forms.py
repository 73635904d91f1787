"""The form of a template, and the message with its preview that every form with a message shares."""

from __future__ import annotations

from typing import Any, cast

from flask import g
from flask_babel import gettext, lazy_gettext, lazy_pgettext
from flask_login import current_user
from wtforms import Field, StringField, ValidationError
from wtforms.validators import DataRequired

from ..extensions import db
from ..messaging.personalization import MAX_LENGTH, Template
from ..messaging.template_placeholders import BUILT_IN, Mistake, Placeholder, Vocabulary
from ..values.ids import read_id
from ..values.text import clean_block
from ..web.formatting import number
from ..web.forms import EditForm, FlagField, Form, TextField, line_field
from ..web.front_door import is_cut
from .filling import Filling, filling_of
from .preview import Step

SAVE_IN_NAMES = "nombres"
"""What `abaratar` says where the names are to lose their accents too."""


def own_filling() -> Filling:
    """Return what fills the texts of the account of whoever makes the request; found once for each request."""
    if "filling" not in g:
        g.filling = filling_of(db.session(), current_user.account_id)
    return cast(Filling, g.filling)


def title_of(placeholder: Placeholder) -> str:
    """Return what people call a placeholder: a field has the name that the shop gave it."""
    return str(gettext(placeholder.title)) if placeholder in BUILT_IN else placeholder.title


def message_problems(text: str, vocabulary: Vocabulary) -> list[str]:
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
    return problems + _problems_of(vocabulary.mistakes(text[: 2 * MAX_LENGTH]), vocabulary)


def _problems_of(found: list[Mistake], vocabulary: Vocabulary) -> list[str]:
    """Say what is meant by each near miss, and what of the others is not filled in."""
    sentences = [
        gettext("%(written)s is not filled in: did you mean %(meant)s?", written=each.written, meant=each.meant)
        for each in found
        if each.meant
    ]
    if unknown := [each.written for each in found if not each.meant]:
        sentences.append(
            gettext(
                "Only %(placeholders)s are filled in. Correct or remove: %(unknown)s.",
                placeholders=", ".join(placeholder.written for placeholder in vocabulary.placeholders),
                unknown=", ".join(unknown),
            )
        )
    return sentences


def message_field() -> TextField:
    """Return the field for a message's text, with the rules of `message_problems`."""
    filled = DataRequired(message=lazy_gettext("This field is required."))
    return TextField(lazy_gettext("Message"), MAX_LENGTH, clean_block, validators=[filled, _check_message])


def _check_message(_form: Form, field: Field) -> None:
    if problems := message_problems(field.data, own_filling().shared.vocabulary):
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
    def placeholders(self) -> list[tuple[str, str]]:
        """List what may be inserted into the message: as it is written, and what people call it."""
        return [(each.written, title_of(each)) for each in self.filling.shared.vocabulary.placeholders]

    @property
    def problems(self) -> list[str]:
        """Say why the text cannot be a message, as `message_problems` does."""
        return message_problems(self.mensaje.data or "", self.filling.shared.vocabulary)

    @property
    def filling(self) -> Filling:
        """Return what fills the text in."""
        return own_filling()

    @property
    def template(self) -> Template:
        """Return the text as it is filled in for clients."""
        return self.filling.template(self.mensaje.data or "")

    def apply_saving(self) -> None:
        """Rewrite the message with cheaper characters, if that was asked for, and the names in it too."""
        if self.abaratar.data:
            self.mensaje.data = self.template.cheaper().text
        if self.abaratar.data == SAVE_IN_NAMES:
            self.mensaje.data = self.template.with_plain_values().text


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
