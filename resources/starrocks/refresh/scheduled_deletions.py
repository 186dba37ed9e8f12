"""Files go only when StarRocks has been seen to show a table without them."""

from __future__ import annotations

from collections.abc import Set

from resources.lake.maintenance.maintenance import MayDelete
from resources.lake.model.table_spec import TableSpec
from resources.settings import Settings
from resources.starrocks.client.names import TableName
from resources.starrocks.refresh.refresh_ledger import Ledger


def may_delete(settings: Settings) -> MayDelete | None:
    """What maintenance asks before it deletes files of a served table; None without StarRocks.

    A table that StarRocks was verified to show at a snapshot which is kept needs no other files:
    what it shows now is that snapshot or a later one, and all later ones are kept. One that was
    never verified keeps its files until it is.
    """
    if not settings.is_served:
        return None
    ledger = Ledger(settings)

    def asked(spec: TableSpec, kept: Set[int]) -> bool:
        table = TableName(settings.catalog_name, spec.namespace, spec.name)
        return ledger.entry(table).verified_snapshot in kept

    return asked
