"""information_schema: of the cluster's own catalog and of external ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import pyarrow as pa

from tests.starrocks_stand_in.cluster.state import State
from tests.starrocks_stand_in.cluster.views import PENDING, TaskRun, View, Views
from tests.starrocks_stand_in.errors import unknown_table
from tests.starrocks_stand_in.names import DEFAULT_CATALOG, ClientSession

_TABLES = ("TABLE_CATALOG", "TABLE_SCHEMA", "TABLE_NAME", "TABLE_TYPE", "TABLE_COMMENT")
_COLUMNS = (
    "TABLE_CATALOG",
    "TABLE_SCHEMA",
    "TABLE_NAME",
    "COLUMN_NAME",
    "ORDINAL_POSITION",
    "DATA_TYPE",
)

_TEXT = pa.string()
_TIME = pa.timestamp("s")

_VIEWS: Mapping[str, pa.DataType] = {
    "MATERIALIZED_VIEW_ID": pa.int64(),
    "TABLE_SCHEMA": _TEXT,
    "TABLE_NAME": _TEXT,
    "REFRESH_TYPE": _TEXT,
    "IS_ACTIVE": _TEXT,
    "INACTIVE_REASON": _TEXT,
    "PARTITION_TYPE": _TEXT,
    "TASK_ID": pa.int64(),
    "TASK_NAME": _TEXT,
    "LAST_REFRESH_START_TIME": _TIME,
    "LAST_REFRESH_FINISHED_TIME": _TIME,
    "LAST_REFRESH_DURATION": pa.float64(),
    "LAST_REFRESH_STATE": _TEXT,
    "LAST_REFRESH_FORCE_REFRESH": _TEXT,
    "LAST_REFRESH_START_PARTITION": _TEXT,
    "LAST_REFRESH_END_PARTITION": _TEXT,
    "LAST_REFRESH_BASE_REFRESH_PARTITIONS": _TEXT,
    "LAST_REFRESH_MV_REFRESH_PARTITIONS": _TEXT,
    "LAST_REFRESH_ERROR_CODE": _TEXT,
    "LAST_REFRESH_ERROR_MESSAGE": _TEXT,
    "TABLE_ROWS": pa.int64(),
    "MATERIALIZED_VIEW_DEFINITION": _TEXT,
    "EXTRA_MESSAGE": _TEXT,
    "QUERY_REWRITE_STATUS": _TEXT,
    "CREATOR": _TEXT,
    "LAST_REFRESH_PROCESS_TIME": _TIME,
    "LAST_REFRESH_JOB_ID": _TEXT,
}

_RUNS: Mapping[str, pa.DataType] = {
    "QUERY_ID": _TEXT,
    "TASK_NAME": _TEXT,
    "CREATE_TIME": _TIME,
    "FINISH_TIME": _TIME,
    "STATE": _TEXT,
    "CATALOG": _TEXT,
    "DATABASE": _TEXT,
    "DEFINITION": _TEXT,
    "EXPIRE_TIME": _TIME,
    "ERROR_CODE": pa.int64(),
    "ERROR_MESSAGE": _TEXT,
    "PROGRESS": _TEXT,
    "EXTRA_MESSAGE": _TEXT,
    "PROPERTIES": _TEXT,
    "JOB_ID": _TEXT,
    "PROCESS_TIME": _TIME,
    "WAREHOUSE": _TEXT,
}

_STARROCKS_NAMES = {"VARCHAR": "varchar", "TIMESTAMP WITH TIME ZONE": "datetime"}


class InformationSchema:
    """Its tables, made when they are asked for."""

    def __init__(self, state: State, views: Views) -> None:
        self._state = state
        self._views = views

    def table(self, session: ClientSession, catalog: str, name: str) -> pa.Table:
        """The rows of one table; of views only those the user may read."""
        zone = self._state.settings.zone
        if name == "materialized_views":
            visible = self._visible(session)
            rows = [_view_row(view, self._views.row_count(view), zone) for view in visible]
            return pa.Table.from_pylist(rows, schema=pa.schema(list(_VIEWS.items())))
        if name == "task_runs":
            runs = [(view, run) for view in self._visible(session) for run in view.runs]
            rows = [_run_row(view, run, zone) for view, run in runs]
            return pa.Table.from_pylist(rows, schema=pa.schema(list(_RUNS.items())))
        if name == "tables":
            return _rows(_TABLES, self._tables(session, catalog))
        if name == "columns":
            return _rows(_COLUMNS, self._columns(session, catalog))
        raise unknown_table(f"information_schema.{name}")

    def _visible(self, session: ClientSession) -> list[View]:
        privileges = ["SELECT", "REFRESH", "ALTER", "DROP"]
        return [
            view
            for view in self._views.all()
            if self._state.may(session, privileges, "MATERIALIZED VIEW", view.address)
        ]

    def _tables(self, session: ClientSession, catalog: str) -> list[tuple[object, ...]]:
        if catalog == DEFAULT_CATALOG:
            views = self._visible(session)
            return [
                ("def", view.address[1], view.address[2], "VIEW", view.comment) for view in views
            ]
        found = self._state.cache.tables(self._state.catalog(catalog))
        return [(catalog, database, name, "BASE TABLE", "") for database, name in found]

    def _columns(self, session: ClientSession, catalog: str) -> list[tuple[object, ...]]:
        if catalog == DEFAULT_CATALOG:
            return [
                ("def", view.address[1], view.address[2], column, number, None)
                for view in self._visible(session)
                for number, column in enumerate(view.columns, start=1)
            ]
        rows: list[tuple[object, ...]] = []
        for database, name in self._state.cache.tables(self._state.catalog(catalog)):
            table = self._state.lake_table(session, (catalog, database, name))
            for number, column in enumerate(table.columns, start=1):
                type_ = _STARROCKS_NAMES.get(column.type, column.type.lower())
                rows.append((catalog, database, name, column.name, number, type_))
        return rows


def _rows(names: Sequence[str], rows: Sequence[tuple[object, ...]]) -> pa.Table:
    schema = pa.schema([(n, pa.int64() if n == "ORDINAL_POSITION" else _TEXT) for n in names])
    listed = [dict(zip(names, row, strict=True)) for row in rows]
    return pa.Table.from_pylist(listed, schema=schema)


def _view_row(view: View, rows: int, zone: ZoneInfo) -> dict[str, object]:
    last = view.runs[-1] if view.runs else None
    return {
        "MATERIALIZED_VIEW_ID": view.number,
        "TABLE_SCHEMA": view.address[1],
        "TABLE_NAME": view.address[2],
        "REFRESH_TYPE": view.refresh_type,
        "IS_ACTIVE": str(view.inactive_reason is None).lower(),
        "INACTIVE_REASON": view.inactive_reason or "",
        "PARTITION_TYPE": "UNPARTITIONED" if view.partition_column is None else "RANGE",
        "TASK_ID": view.number + 1,
        "TASK_NAME": view.task_name,
        "LAST_REFRESH_START_TIME": _time(last.started_at, zone) if last else None,
        "LAST_REFRESH_FINISHED_TIME": _time(last.finished_at, zone) if last else None,
        "LAST_REFRESH_STATE": last.state if last else "null",
        "LAST_REFRESH_FORCE_REFRESH": str(last.job.force).lower() if last else "",
        "LAST_REFRESH_START_PARTITION": last.job.start or "" if last else "",
        "LAST_REFRESH_END_PARTITION": last.job.end or "" if last else "",
        "LAST_REFRESH_MV_REFRESH_PARTITIONS": str(last.partitions) if last else "",
        "LAST_REFRESH_ERROR_MESSAGE": last.error or "" if last else "",
        "TABLE_ROWS": rows,
        "MATERIALIZED_VIEW_DEFINITION": view.definition,
        "QUERY_REWRITE_STATUS": "VALID",
        "CREATOR": view.creator,
        "LAST_REFRESH_PROCESS_TIME": _time(last.started_at, zone) if last else None,
        "LAST_REFRESH_JOB_ID": last.job.number if last else "",
    }


def _run_row(view: View, run: TaskRun, zone: ZoneInfo) -> dict[str, object]:
    return {
        "QUERY_ID": run.query_id,
        "TASK_NAME": view.task_name,
        "CREATE_TIME": _time(run.created_at, zone),
        "FINISH_TIME": _time(run.finished_at, zone),
        "STATE": run.state,
        "CATALOG": DEFAULT_CATALOG,
        "DATABASE": view.address[1],
        "DEFINITION": f"insert overwrite `{view.address[2]}` {view.query}",
        "EXPIRE_TIME": _time(run.created_at + 86_400, zone),
        "ERROR_CODE": -1 if run.error else 0,
        "ERROR_MESSAGE": run.error,
        "PROGRESS": "100%" if run.finished_at else "0%",
        "EXTRA_MESSAGE": run.extra_message(),
        "PROPERTIES": run.properties(view),
        "JOB_ID": None if run.is_first and run.state == PENDING else run.job.number,
        "PROCESS_TIME": _time(run.started_at, zone),
        "WAREHOUSE": "default_warehouse",
    }


def _time(seconds: float | None, zone: ZoneInfo) -> datetime | None:
    """As StarRocks shows it: in the cluster's time zone, without saying so."""
    if seconds is None:
        return None
    return datetime.fromtimestamp(int(seconds), zone).replace(tzinfo=None)
