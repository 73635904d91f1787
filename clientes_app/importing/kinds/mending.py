"""What is to be known of an import one of whose rows a person mends."""

from __future__ import annotations

from dataclasses import dataclass

from ...client_files.columns import Layout
from ...client_files.meaning.tag_lists import split_tags
from ...models import Importacion


@dataclass
class Mending:
    """A reviewed import, and the country of numbers that do not say theirs."""

    account_id: int
    layout: Layout
    """It grows with what a mended row says of the account's own fields."""
    tags: tuple[str, ...]
    makes_clients: bool
    region: str

    @classmethod
    def of(cls, row: Importacion, region: str) -> Mending:
        """Return what an import says."""
        layout = Layout.from_json(row.columnas)
        return cls(row.usuario_id, layout, split_tags(row.etiqueta), row.crea_clientes, region)
