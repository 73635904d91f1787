"""The forms of a campaign: as JSON, as composed in the browser, and its hour alone."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import uuid4

from flask_babel import gettext, lazy_gettext
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, StringField
from wtforms.validators import ValidationError

from ..clients.search.selection import Destination, Said, Unreadable
from ..message_templates.forms import MessageForm, message_field
from ..models import TipoDeCampana
from ..models.types import utc_now
from ..values.days import Settled, read_day, read_hour, read_moment, settle
from ..values.ids import read_id
from ..values.text import clean_block, clean_line
from ..web.forms import FlagField, Form, line_field
from ..web.i18n import account_zone
from .law.binding import LONGEST_REASON, SHORTEST_REASON
from .storing import HourPassed

LONGEST_NAME = 200


class When(StrEnum):
    """What `cuando` says."""

    NOW = "ahora"
    SCHEDULED = "programar"


class AskedAt(StrEnum):
    """What `publico` says: when it is asked who is meant."""

    NOW = "fijo"
    THEN = "entonces"


class KindForm(Form):
    """Of which kind a campaign is, and why it is no advertising."""

    tipo = line_field(lazy_gettext("Kind"), LONGEST_NAME)
    motivo_servicio = line_field(lazy_gettext("Why is it no advertising?"), LONGEST_REASON)

    @property
    def kind(self) -> TipoDeCampana | None:
        """Return the kind of a form that is right; None: it does not say."""
        return TipoDeCampana(self.tipo.data) if self.tipo.data else None

    @property
    def is_service(self) -> bool:
        """Return whether it says that it is strictly about what was bought."""
        return self.tipo.data == TipoDeCampana.SERVICIO

    @property
    def reason_of_service(self) -> str | None:
        """Return why it is no advertising; None where it is, or does not say."""
        return self.motivo_servicio.data if self.is_service else None

    @property
    def lacks_reason(self) -> bool:
        """Return whether it must say why it is no advertising, and does not: a few letters are the least."""
        letters = sum(character.isalpha() for character in self.motivo_servicio.data or "")
        return self.is_service and letters < SHORTEST_REASON

    def validate_tipo(self, field: StringField) -> None:
        """Refuse what is none of the kinds."""
        if field.raw_data and field.data not in set(TipoDeCampana):
            raise ValidationError(gettext("Write publicidad or servicio."))


class RequestForm(KindForm):
    """What a program sends beside the ids."""

    mensaje = message_field()
    nombre_campana = line_field(lazy_gettext("Name"), LONGEST_NAME)
    programada_para = line_field(lazy_gettext("Hour"), 40)

    @property
    def moment(self) -> datetime | None:
        """Return when it is to be sent; None: at once."""
        return read_moment(self.programada_para.data or "")

    def validate_programada_para(self, field: StringField) -> None:
        """Refuse what is no moment, or one that has passed."""
        if not field.raw_data:
            return
        if self.moment is None:
            raise ValidationError(gettext("Write a moment with its offset, like 2026-12-04T10:00:00-05:00."))
        _require_ahead(self.moment)

    def validate_motivo_servicio(self, field: StringField) -> None:
        """Ask why it is no advertising, and of nothing else."""
        if self.lacks_reason:
            raise ValidationError(gettext("Say why it is strictly about what was bought."))
        if field.raw_data and not self.is_service:
            raise ValidationError(gettext("Only a campaign of the kind servicio has a reason."))


class SendForm(Form):
    """What a button of a review sends: what was reviewed, and at which hour it is sent, if at another than written."""

    huella = HiddenField()
    mensajes = HiddenField()
    para = HiddenField(filters=[clean_line])
    acepto = FlagField(lazy_gettext("I know what the law says, and want to send it anyway"), default=False)

    @property
    def moment(self) -> datetime | None:
        """Return that hour; None: as it was written."""
        return read_moment(self.para.data or "")

    def validate_para(self, field: HiddenField) -> None:
        """Refuse what is no moment."""
        if field.data and self.moment is None:
            raise ValidationError(gettext("Write a moment with its offset, like 2026-12-04T10:00:00-05:00."))


class HourForm(Form):
    """A day and an hour by the shop's clock."""

    dia = StringField(lazy_gettext("Day"), filters=[clean_line])
    hora = StringField(lazy_gettext("Hour"), filters=[clean_line])

    @property
    def asks_hour(self) -> bool:
        """Return whether an hour is needed."""
        return True

    @property
    def settled(self) -> Settled | None:
        """Return the moment that is meant; None where day or hour cannot be read."""
        day, hour = read_day(self.dia.data or ""), read_hour(self.hora.data or "")
        return None if day is None or hour is None else settle(day, hour, account_zone())

    def validate_dia(self, field: StringField) -> None:
        """Refuse what is no day."""
        if self.asks_hour and read_day(field.data or "") is None:
            raise ValidationError(gettext("Choose a day."))

    def validate_hora(self, field: StringField) -> None:
        """Refuse what is no hour, or one that has passed."""
        if not self.asks_hour:
            return
        if read_hour(field.data or "") is None:
            raise ValidationError(gettext("Choose an hour, such as 10:00."))
        if self.settled is not None:
            _require_ahead(self.settled.moment)


class ChangeForm(HourForm):
    """Another hour of a campaign: the one that is typed, or that of the button which was pressed."""

    para = HiddenField(filters=[clean_line])

    @property
    def settled(self) -> Settled | None:
        """Return the moment that is meant; None where it cannot be read."""
        offered = read_moment(self.para.data or "")
        if offered is None:
            return super().settled
        local = offered.astimezone(account_zone())
        return settle(local.date(), local.time(), account_zone())


class ComposeForm(MessageForm, HourForm, KindForm):
    """A campaign as it is written: what, its kind, its name, and when; `said` is whom it is for."""

    nombre = line_field(lazy_gettext("Name of the campaign"), LONGEST_NAME)
    plantilla = StringField(lazy_gettext("Template"))
    propio = HiddenField(filters=[clean_block])
    """What the person wrote before choosing a template, for coming back to it."""
    cuando = StringField()
    publico = StringField()
    destino = StringField()
    """Bears what is wrong with `said`."""
    clave = HiddenField(filters=[clean_line])
    """Made as a campaign is begun: by it the draft is known, and what is sent twice is known again."""
    pagina = HiddenField(filters=[clean_line])
    """Names the open page, so that a page that writes on is told from another that writes the same draft."""
    orden = HiddenField(filters=[clean_line])
    """When something was typed last, by the page's own clock."""
    visto = HiddenField(filters=[clean_line])
    """Tells what the page showed when it was opened, so that what was typed is told from what was there."""

    prueba = HiddenField(filters=[clean_line])
    """Names the next test of the text, so that a double click sends one."""

    def __init__(self, formdata: MultiDict[str, str], **values: Any) -> None:
        super().__init__(formdata=formdata, **values)
        self.said = Said.from_values(formdata)
        self._is_sent = "mensaje" in formdata
        self.destino.errors = list(self.said.problems)
        # Whoever gives an hour says that it is to be kept.
        self._hour_alone = not self.cuando.data and bool(self.dia.data or self.hora.data)
        self.tipo.data = self.tipo.data or TipoDeCampana.PUBLICIDAD.value
        self.cuando.data = self.cuando.data or When.NOW.value
        self.publico.data = self.publico.data or AskedAt.NOW.value
        self.clave.data = self.clave.data or str(uuid4())
        self.pagina.data = self.pagina.data or str(uuid4())
        self.prueba.data = (self.prueba.data or "")[:36] or str(uuid4())

    @property
    def kind(self) -> TipoDeCampana:
        """Return of which kind it is; advertising, also while what it says is no kind."""
        return TipoDeCampana.SERVICIO if self.tipo.data == TipoDeCampana.SERVICIO else TipoDeCampana.PUBLICIDAD

    @property
    def recipients(self) -> Destination | None:
        """Return the choice that the page shows: what a link leaves out follows from what it gives.

        Nothing is chosen where something that was given cannot be read, nor where a form that was sent has no choice:
        only a page that is opened proposes everybody.
        """
        said = self.said
        if said.destination or said.problems:
            return None if said.problems else said.destination
        if said.segment_id:
            return Destination.SEGMENT
        if said.search.values():
            return Destination.SEARCH
        return None if self._is_sent else Destination.ALL

    @property
    def template_id(self) -> int | None:
        """Return the id of the template that the text came from."""
        return read_id(self.plantilla.data or "")

    def validate_plantilla(self, field: StringField) -> None:
        """Refuse what names no template."""
        if field.data and self.template_id is None:
            raise ValidationError(gettext("Choose a template of the list, or your own text."))

    @property
    def asks_hour(self) -> bool:
        """Return whether it is sent at an hour to come."""
        return self.cuando.data == When.SCHEDULED

    @property
    def asks_who_then(self) -> bool:
        """Return whether it is asked at that hour who is meant; who was ticked is meant anyhow."""
        return self.asks_hour and self.publico.data == AskedAt.THEN and self.recipients is not Destination.TICKED

    def validate_motivo_servicio(self, field: StringField) -> None:
        """Ask why it is no advertising; what was typed before it was chosen to be some does no harm."""
        if self.lacks_reason:
            raise ValidationError(gettext("Say in a few words what they bought or asked for."))

    def validate_cuando(self, field: StringField) -> None:
        """Refuse what says neither now nor later."""
        if field.data not in set(When) or self._hour_alone:
            raise ValidationError(gettext("Choose now, or an hour."))

    def validate_publico(self, field: StringField) -> None:
        """Refuse what does not say when it is asked who is meant."""
        if field.data not in set(AskedAt):
            raise ValidationError(gettext("Choose those of now, or those of that hour."))

    def said_for_review(self) -> Said:
        """Return whom it is for, of all the choices that the page sends.

        Raises Unreadable where everybody is chosen, and yet something was searched for or a segment chosen.
        """
        if self.said.destination is Destination.ALL and (self.said.search.text or self.said.segment_id):
            raise Unreadable(
                [gettext("All active clients are chosen, and a search or a segment too: leave one of them out.")]
            )
        return self.said

    def asked(self) -> list[tuple[str, str]]:
        """Return what makes one campaign another: its text, name and kind, whom it is for, and its hour."""
        fields = (self.mensaje, self.nombre, self.tipo, self.motivo_servicio)
        written = [(field.name, field.data or "") for field in fields]
        hour = [(field.name, field.data or "") for field in (self.cuando, self.dia, self.hora, self.publico)]
        return [*written, *self.said.given, *(hour if self.asks_hour else [])]


def _require_ahead(moment: datetime) -> None:
    if moment <= utc_now():
        raise ValidationError(HourPassed().message)
