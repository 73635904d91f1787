"""Sales that a program sends again: the same key with the same sale gives the first one."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext
from sqlalchemy import Select, null, or_, update
from sqlalchemy.orm import Session

from ...models import Venta
from ...models.types import utc_now
from ...tenancy import owned
from ...web.idempotency import PERIOD, KeyReused, canonical, fingerprint


@dataclass(frozen=True)
class SaleKey:
    """What a program's sale is known by when it comes again."""

    text: str
    fingerprint: str

    @classmethod
    def of(cls, text: str, person_id: int, client_id: int, body: bytes) -> SaleKey:
        """Return the key of a request: whose it is, which client's sale, and what it says."""
        return cls(text, fingerprint(person_id, b"%d\n%b" % (client_id, canonical(body))))

    def earlier(self, session: Session, account_id: int) -> Venta | None:
        """Return the sale that this request gave before; None where it is new.

        Raises KeyReused where the key came with another request.
        """
        sale = session.scalar(self._of_key(account_id).where(Venta.registrada > utc_now() - PERIOD))
        if sale is not None and sale.huella != self.fingerprint:
            raise KeyReused(
                gettext(
                    "This Idempotency-Key was sent before with another request, or by another person. Nothing is "
                    "recorded."
                )
            )
        return sale

    def take(self, session: Session, sale: Venta) -> None:
        """Give the key to a new sale, and take it from one that has had it too long for it to count."""
        past = self._of_key(sale.usuario_id).where(
            or_(Venta.registrada.is_(None), Venta.registrada <= utc_now() - PERIOD)
        )
        freed = update(Venta).where(Venta.id.in_(past.with_only_columns(Venta.id)))
        session.execute(freed.values(clave_idempotencia=null(), huella=null()))
        sale.clave_idempotencia, sale.huella = self.text, self.fingerprint

    def _of_key(self, account_id: int) -> Select[Venta]:
        return owned(Venta, account_id).where(Venta.clave_idempotencia == self.text)
