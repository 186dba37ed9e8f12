"""Does a change log fit its table, and the tables that read its latest versions?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from warehouse_assets.modeling.declaration.change_log import FILE, LINE, ChangeLog
from warehouse_assets.modeling.declaration.table import Table
from warehouse_assets.modeling.declaration.windows import ReadWindow
from warehouse_assets.modeling.load_errors import did_you_mean


def with_input_logs(table: Table, named: Mapping[str, Table]) -> Table:
    """The table with the change logs of the inputs it reads with latest(), or merges.

    They decide which rows it sees, so they are part of its code version.

    Raises:
        LoadError: If such an input says nothing of its versions, or not enough.
    """
    logs: dict[str, ChangeLog] = {}
    for name, window in table.reads.items():
        merged = name in table.logs
        if not (window.latest or merged) or name not in named:
            continue
        log = named[name].change_log
        if log is None:
            raise table.error(f"reads {name} by {window.name}, but {name} declares no change_log",
                              f'"{name}"', "Say how its versions are told apart: table(..., "
                              "change_log=change_log(key=..., sequence=...)).")  # fmt: skip
        if window.needs_event_time and log.event_time is None and window.event_time is None:
            raise table.error(f"reads {name} by {window.name}, but the change_log of {name} has "
                              "no event_time", f'"{name}"',
                              "Name the instant that gives its rows their date.")  # fmt: skip
        if window.needs_event_time:
            _check_dated(table, named[name], window)
        _check_per(table, named[name], window)
        logs[name] = log
    return replace(table, input_logs=logs) if logs else table


def _check_per(table: Table, source: Table, window: ReadWindow) -> None:
    columns = [column.spec.name for column in source.columns]
    for name in window.per:
        if name not in columns:
            message = f"reads {source.name} by {window.name}, and {name} is no column of it"
            raise table.error(message, f'"{name}"', did_you_mean(name, columns))


def _check_dated(table: Table, source: Table, window: ReadWindow) -> None:
    """Every version has a date, or the reader says that those without one are not wanted."""
    assert source.change_log is not None
    instants = {
        column.spec.name: column.spec
        for column in source.columns
        if column.spec.type.startswith("TIMESTAMP")
    }
    event_time = str(window.event_time or source.change_log.event_time)
    if event_time not in instants:
        raise table.error(f"reads {source.name} by {window.name}, and {event_time} is no instant "
                          f"of {source.name}", f'"{source.name}"',
                          did_you_mean(event_time, instants))  # fmt: skip
    if window.undated or not instants[event_time].nullable:
        return
    others = [name for name, spec in instants.items() if not spec.nullable]
    choices = [f'event_time="{name}"' for name in others] + ['undated="left out"']
    raise table.error(
        f"reads {source.name} by {window.name}, which shows no row whose {event_time} is null",
        f'"{source.name}"',
        f"Say which date counts, or that such rows are not wanted: add {' or '.join(choices)} to "
        "latest(...).",
    )


def check_change_log(table: Table) -> None:
    """Raise LoadError where the table's change log does not fit its columns."""
    log = table.change_log
    if log is None:
        return
    columns = {column.spec.name: column.spec for column in table.columns}
    if not log.key:
        raise table.error("change_log has an empty key", "change_log=")
    if table.source is None:
        raise table.error("change_log is declared, but no source delivers the table",
                          "change_log=")  # fmt: skip
    if LINE in log.then_by or (FILE in log.then_by and log.then_by[-1] != FILE):
        raise table.error(f"then_by of change_log is {', '.join(log.then_by)}", "then_by",
                          f'Put "{FILE}" last, or leave it out; lines follow it.')  # fmt: skip
    for name, argument in log.named:
        if name not in columns:
            raise table.error(f"{argument} of change_log names {name}, which is no column",
                              f'"{name}"', did_you_mean(name, columns))  # fmt: skip
        if columns[name].nullable and argument != "event_time":
            raise table.error(f"{argument} of change_log names {name}, which may be null",
                              f'"{name}"')  # fmt: skip
    if log.event_time and not columns[log.event_time].type.startswith("TIMESTAMP"):
        raise table.error(f"event_time of change_log names {log.event_time}, which is no instant",
                          f'"{log.event_time}"')  # fmt: skip
