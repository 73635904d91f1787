"""What the sample shop writes, and what people write back.

Its texts stay within the alphabet of one SMS of 160 characters, which has é and ñ but neither á nor í: so they are
worded that none is missing.
"""

from __future__ import annotations

from dataclasses import dataclass

TEMPLATES = (
    ("Promoción del mes", "Hola {primer_nombre}, este mes tienes 20% de descuento en toda la tienda. ¡Te esperamos!"),
    ("Pedido listo", "Hola {primer_nombre}, ya puedes pasar por tu pedido: te esperamos hoy hasta las 7 p. m."),
    (
        "Feliz cumpleaños",
        "¡Feliz cumpleaños, {primer_nombre}! Hoy tienes un regalo en nuestra tienda. Pasa por él cuando quieras.",
    ),
    ("Te extrañamos", "Hola {primer_nombre}, hace rato no te vemos. Muestra este mensaje y recibe 10% de descuento."),
    (
        "Cambio de horario",
        "Hola {primer_nombre}, desde la otra semana abrimos de 8 a. m. a 7 p. m., de lunes a viernes. ¡Te esperamos!",
    ),
)


@dataclass(frozen=True)
class Answer:
    """What somebody wrote back, and whether the shop has read it."""

    place: int
    """Which client it is from."""
    after_minutes: int
    text: str
    read: bool = False


@dataclass(frozen=True)
class PastCampaign:
    """A campaign that has run."""

    name: str
    template: int
    days_ago: int
    answers: tuple[Answer, ...] = ()
    reason: str | None = None
    """Why it was no advertising; None: it was."""
    one_of: int = 1
    """It went to one of so many clients."""
    opt_outs: tuple[int, ...] = ()
    """Which of its clients opted out by its link."""


PAST = (
    PastCampaign("Nueva temporada", 0, 172, opt_outs=(4,)),
    PastCampaign("Descuento de mitad de mes", 0, 151),
    PastCampaign("Cambio de horario", 4, 133, reason="Aviso del nuevo horario"),
    PastCampaign("Hace rato no te vemos", 3, 110, opt_outs=(29,)),
    PastCampaign("Llegó la colección nueva", 0, 88),
    PastCampaign("Pedidos de la semana", 1, 74, reason="Su pedido está listo", one_of=6),
    PastCampaign("Descuento para clientes", 0, 52, opt_outs=(46,)),
    PastCampaign("Pedidos listos", 1, 38, reason="Su pedido está listo", one_of=7),
    PastCampaign("Vuelve por tu descuento", 3, 33),
    PastCampaign(
        "Aniversario de la tienda",
        0,
        21,
        (
            Answer(2, 4, "Gracias, allá nos vemos", read=True),
            Answer(16, 31, "¿El descuento también es para los zapatos?", read=True),
        ),
        opt_outs=(57,),
    ),
    PastCampaign("Pedidos por recoger", 1, 12, reason="Su pedido está listo", one_of=5),
    PastCampaign(
        "Regreso de temporada",
        3,
        6,
        (
            Answer(8, 3, "¡Qué bueno! El sábado paso con mi hermana"),
            Answer(21, 12, "¿Hasta qué hora abren hoy?"),
            Answer(33, 47, "Ya no vivo en Medellín, por favor no me escriban más"),
        ),
    ),
)

DRAFT = {
    "mensaje": "Hola {primer_nombre}, desde el lunes abrimos hasta las 8 p. m. ¡Ven por tus regalos de Navidad!",
    "nombre": "Horario de Navidad",
    "plantilla": "",
    "propio": "",
}
