"""What reports answer, as examples of the description."""

from __future__ import annotations

from .shapes import Json

ENDS = [
    *("entregados", "sin_confirmar", "no_entregados", "fallidos"),
    *("omitidos", "cancelados", "inciertos", "por_salir"),
]

_BOUGHT = {
    "costo": "25.50",
    "mensajes_cobrados": 1,
    "mensajes_con_costo": 1,
    "compras": 1,
    "compradores": 1,
    "pesos": "59900.00",
    "pesos_por_peso": "2349.02",
}
_NOTHING = {
    "costo": "0.00",
    "mensajes_cobrados": 0,
    "mensajes_con_costo": 0,
    "compras": 0,
    "compradores": 0,
    "pesos": "0.00",
    "pesos_por_peso": None,
}
_A_REASON = {
    "tipo": "fallidos",
    "codigo": 21211,
    "motivo": "El número no existe",
    "que_hacer": "Pídele al cliente el número correcto y corrígelo, o no le escribas más.",
    "mensajes": 1,
}
_ENDED = dict.fromkeys(ENDS, 0) | {"entregados": 1, "fallidos": 1}
_NO_MESSAGES = {"mensajes": 0, "entregados": 0, "no_llegaron": 0, "finales": dict.fromkeys(ENDS, 0)}
A_MONTH: Json = {
    "success": True,
    "mes": "2026-11",
    "dias": 7,
    "cifras": {"mensajes": 1, "entregados": 1, "no_llegaron": 1, "finales": _ENDED, **_BOUGHT, "bajas": 0},
    "mes_anterior": {**_NO_MESSAGES, **_NOTHING, "bajas": 0},
    "mes_anterior_a_esta_altura": {**_NO_MESSAGES, **_NOTHING, "bajas": 0},
    "motivos": [_A_REASON],
    "campanas": [{"id": 10, "nombre": "Noviembre", "mensajes": 1, **_BOUGHT}],
}
A_CAMPAIGN: Json = {
    "success": True,
    "id": 10,
    "nombre": "Noviembre",
    "dias": 7,
    "elegidos": 2,
    "enviados": 1,
    "entregados": 1,
    "finales": _ENDED,
    **_BOUGHT,
    "motivos": [_A_REASON],
    "curso": [{"desde": "2026-11-22T10:00:00-05:00", "enviados": 1, "entregados": 1}],
}
SOME_CLIENTS: Json = {
    "success": True,
    "activos": 2,
    "sin_compras": 1,
    "grupos": [
        {
            "dias_desde": 0,
            "dias_hasta": 30,
            "compras_min": 1,
            "compras_max": 1,
            "clientes": 1,
            "filtros": {"compro_dias": "30", "compras_min": "1", "compras_max": "1"},
        }
    ],
    "sin_mensajes": {"inactivos": 0, "sin_numero": 1, "baja": 0, "ultimos_no_llegaron": 0, "nunca_escritos": 0},
    "meses": [{"mes": "2026-11", "clientes_nuevos": 2, "bajas": 0}],
}
SOME_HOURS: Json = {
    "success": True,
    "desde": "2025-12-02",
    "hasta": "2026-11-30",
    "ventas": [[0] * 24 for _ in range(7)],
    "sin_hora": 3,
    "mejor": None,
}
