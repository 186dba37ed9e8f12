"""What people decide of open items, on record: who, when, why. The rule's next run hears it."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Literal
from uuid import uuid4

from resources.duckdb.engine import lake_session
from resources.errors import InputMissing, LedgerlakeError, PublishConflict, SettingsError
from resources.identifiers import text_literal
from resources.lake.model.publication_record import PublishContext
from resources.lake.model.window import Window
from warehouse_assets.modeling.execution.framework_version import framework_version
from warehouse_assets.modeling.load_errors import did_you_mean
from warehouse_assets.modeling.reconciliation.rule import CONFIRMED, DECISIONS
from warehouse_assets.modeling.sql.code_version import code_version

if TYPE_CHECKING:
    from resources.lake.lake import Lake
    from resources.settings import Settings
    from warehouse_assets.modeling.declaration.warehouse import Warehouse

Verdict = Literal["confirm", "reject", "write_off"]
MATCHABLE = ("suggested", "ambiguous", "left_only", "right_only")
"""States of items whose rows have found no other row for certain."""
_TRIES = 20
_WAIT_SECONDS = 0.2

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Decision:
    """A decision that is to be recorded: on a pair of rows, or on an item.

    Args:
        rule: The rule's name.
        verdict: confirm or reject, of a pair; write_off, of an item.
        by: Who decides.
        reason: Why.
        day: The business date on which it counts: the rule's run of that day hears it.
        left_id, right_id: The rows of a pair.
        item_id: The item that is written off.
    """

    rule: str
    verdict: Verdict
    by: str
    reason: str
    day: date
    left_id: str | None = None
    right_id: str | None = None
    item_id: str | None = None


@dataclass(frozen=True)
class Recorded:
    """What was recorded.

    Attributes:
        number: Number of the decision.
        item: The open item, as it was last published.
        is_published: Whether the rule's day is published already, and has to be made again.
        others: Decisions on the same item that were recorded before, and not heard yet.
    """

    number: str
    item: Row
    is_published: bool
    others: Sequence[Row]


class DecisionRecorder:
    """Records decisions in one lake. Several people may record at once: nothing is lost."""

    def __init__(self, warehouse: Warehouse, lake: Lake, settings: Settings) -> None:
        self._warehouse, self._lake, self._settings = warehouse, lake, settings
        self._table = warehouse.table(DECISIONS)

    def record(self, decision: Decision) -> Recorded:
        """Put the decision on record.

        Raises:
            SettingsError: If the day is not over, or without a reason where one is needed.
            InputMissing: If it names no open item; suggests the nearest.
            PublishConflict: If others kept writing for longer than is worth waiting.
        """
        self._check(decision)
        number = f"D{datetime.now(UTC):%Y%m%d%H%M%S}-{uuid4().hex[:8]}"
        for left in range(_TRIES - 1, -1, -1):
            item, is_published = self._open_item(decision)
            others = self._others(decision, str(item["item_id"]))
            try:
                self._append(decision, str(item["item_id"]), number)
                return Recorded(number, item, is_published, others)
            except PublishConflict:
                # Somebody else recorded meanwhile: this goes on top of that.
                if not left:
                    raise
                time.sleep(_WAIT_SECONDS * random.random())
        raise AssertionError("each try returns or raises")

    def _check(self, decision: Decision) -> None:
        today = datetime.now(self._settings.zone).date()
        if not self._settings.first_date <= decision.day <= today:
            raise SettingsError(
                f"a decision cannot count on {decision.day}: the lake has days from "
                f"{self._settings.first_date}, and today is {today}",
                "Leave out --on, or give a day between these.",
            )
        needs_reason = decision.verdict == "write_off"
        if not decision.by.strip() or (needs_reason and not decision.reason.strip()):
            raise SettingsError(
                "a decision needs somebody who takes it, and a write-off a reason",
                "Give --by NAME and --reason TEXT.",
            )

    def _open_item(self, decision: Decision) -> tuple[Row, bool]:
        """The open item that the decision is about, and whether the rule's day is published."""
        snapshot = self._lake.snapshot(self._warehouse.table(decision.rule).spec)
        days = [day for day in snapshot.days if day <= decision.day]
        if not days:
            raise InputMissing(
                f"{decision.rule} has no results up to {decision.day}",
                f"Run ledgerlake materialize +{decision.rule} --partition DAY first.",
            )
        relation = self._lake.relation_sql(snapshot, {days[-1]: days[-1]})
        rows = self._fetched(f"SELECT * FROM ({relation}) WHERE is_open ORDER BY item_id")
        found = (
            _written_off(rows, decision, days[-1])
            if decision.verdict == "write_off"
            else _pair(rows, decision, days[-1])
        )
        return found, decision.day in snapshot.published

    def _others(self, decision: Decision, item_id: str) -> list[Row]:
        snapshot = self._lake.snapshot(self._table.spec)
        if decision.day not in snapshot.published:
            return []
        relation = self._lake.relation_sql(snapshot, {decision.day: decision.day})
        return self._fetched(
            f"SELECT * FROM ({relation}) WHERE rule = {text_literal(decision.rule)} "
            f"AND item_id = {text_literal(item_id)} ORDER BY decided_at"
        )

    def _append(self, decision: Decision, item_id: str, number: str) -> None:
        from resources.lake.publish.merge import Merge, merge

        values = {
            "decision_no": number,
            "rule": decision.rule,
            "item_id": item_id,
            "left_id": decision.left_id,
            "right_id": decision.right_id,
            "decision": decision.verdict,
            "decided_by": decision.by.strip(),
            "reason": decision.reason.strip(),
            "decided_at": datetime.now(UTC).isoformat(),
            "dt": decision.day.isoformat(),
        }
        columns = ", ".join(
            f"CAST({_literal(values[spec.name])} AS {spec.type}) AS {spec.name}"
            for spec in self._table.bare_spec.columns
        )
        context = PublishContext(
            number, code_version(self._table), framework_version=framework_version(self._settings)
        )
        window = Window.of_day(decision.day)
        with (
            self._lake.write(self._table.spec, window, number) as write,
            lake_session(self._settings, [p for p in [write.base.location] if p]) as connection,
        ):
            merge(write, Merge(f"SELECT {columns}"), connection, context)

    def _fetched(self, sql: str) -> list[Row]:
        with lake_session(self._settings) as connection:
            cursor = connection.execute(sql)
            names = [column[0] for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _written_off(rows: Sequence[Row], decision: Decision, day: date) -> Row:
    for row in rows:
        if row["item_id"] == decision.item_id:
            return row
    raise _not_open(decision.rule, f"item {decision.item_id}", str(decision.item_id), day,
                    [str(row["item_id"]) for row in rows])  # fmt: skip


def _pair(rows: Sequence[Row], decision: Decision, day: date) -> Row:
    """The item of the pair's left; or of both, where they are a suggestion."""
    left = _side(rows, decision, "left", day)
    right = _side(rows, decision, "right", day)
    pair = f"{decision.left_id} and {decision.right_id}"
    if decision.verdict == "reject" and left is right and left["match_pass"] == CONFIRMED:
        return left
    for row in (left, right):
        if row["state"] not in MATCHABLE:
            is_again = str(row["state"]).startswith("duplicate")
            why = "another row has its key" if is_again else "its rows belong together already"
            raise LedgerlakeError(
                f"{decision.rule}: {row['item_id']} is {row['state']}, and {why}",
                "Write it off, or have its rows corrected at their source.",
            )
    if left is not right and "suggested" in (left["state"], right["state"]):
        raise LedgerlakeError(
            f"{decision.rule}: {pair} are not suggested together",
            f"Reject what is suggested first: ledgerlake reconcile {decision.rule} --open.",
        )
    if decision.verdict == "reject" and left is not right and not _is_candidate(left, right):
        raise LedgerlakeError(
            f"{decision.rule}: {pair} are not suggested as a pair, so there is nothing to reject",
            f"`ledgerlake reconcile {decision.rule} --open` shows what is suggested.",
        )
    return left


def _is_candidate(left: Row, right: Row) -> bool:
    return "ambiguous" in (left["state"], right["state"])


def _side(rows: Sequence[Row], decision: Decision, side: str, day: date) -> Row:
    wanted = decision.left_id if side == "left" else decision.right_id
    for row in rows:
        if row[f"{side}_id"] == wanted:
            return row
    known = [str(row[f"{side}_id"]) for row in rows if row[f"{side}_id"] is not None]
    raise _not_open(decision.rule, f"row {wanted} of the {side}", str(wanted), day, known)


def _not_open(rule: str, what: str, wanted: str, day: date, known: Sequence[str]) -> InputMissing:
    return InputMissing(
        f"{rule} has no open item with {what} at the end of {day}"
        if what.startswith("row")
        else f"{rule} has no open {what} at the end of {day}",
        did_you_mean(wanted, known) or f"`ledgerlake reconcile {rule} --open` lists what is open.",
    )


def _literal(value: str | None) -> str:
    return "NULL" if value is None else text_literal(value)
