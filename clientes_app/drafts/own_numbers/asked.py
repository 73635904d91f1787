"""What the page of one's own number asks for next, beside every form that may be typed into it."""

from __future__ import annotations

from dataclasses import dataclass

from ...models import NumeroPropio
from ...models.types import utc_now
from .forms import CodeForm, NumberForm


@dataclass(frozen=True)
class Asked:
    """A person's number as it is known, and the two forms about it."""

    own: NumeroPropio | None
    number_form: NumberForm
    code_form: CodeForm
    another: bool = False
    """Whether another number is asked for than the one that is known, or that a code is on its way to."""

    @property
    def proven(self) -> str | None:
        """Return the number that is known to be theirs."""
        return self.own.telefono_e164 if self.own else None

    @property
    def awaits_code(self) -> bool:
        """Return whether a code is on its way that counts, or one was typed that does not."""
        awaits = self.own is not None and self.own.vence is not None and self.own.vence > utc_now()
        return bool(self.code_form.errors) or (awaits and not self.another)

    @property
    def asks_number(self) -> bool:
        """Return whether a number is to be typed."""
        return not self.awaits_code and (self.another or self.proven is None)
