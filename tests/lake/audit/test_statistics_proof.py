"""What statistics prove is true: whatever the rows, a proven rule has no row that breaks it."""

from __future__ import annotations

import tempfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow
import pytest
from duckdb import DuckDBPyConnection
from hypothesis import given, settings, strategies as st

from resources.lake.model.table_spec import Rule
from resources.lake.write.column_statistics import ColumnStatistics, proven_rules
from tests.lake.write.builders import spec_of, staged_rows

TYPES: dict[str, tuple[pyarrow.DataType, st.SearchStrategy[object]]] = {
    "BIGINT": (pyarrow.int64(), st.integers(-(2**63), 2**63 - 1) | st.integers(-3, 3)),
    "INTEGER": (pyarrow.int32(), st.integers(-(2**31), 2**31 - 1) | st.integers(-3, 3)),
    "DECIMAL(18,2)": (
        pyarrow.decimal128(18, 2),
        st.integers(-500, 500).map(lambda cents: Decimal(cents) / 100),
    ),
    "DECIMAL(38,4)": (
        pyarrow.decimal128(38, 4),
        st.decimals(-(10**30), 10**30, allow_nan=False, places=4),
    ),
    "DATE": (pyarrow.date32(), st.dates(date(1900, 1, 1), date(2100, 1, 1))),
    "TIMESTAMP WITH TIME ZONE": (
        pyarrow.timestamp("us", tz="UTC"),
        st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
    ),
    "VARCHAR": (pyarrow.string(), st.text("abß語\x00'", max_size=3) | st.just("z" * 300)),
    "BOOLEAN": (pyarrow.bool_(), st.booleans()),
}


def literal(value: object, type_: str) -> str:
    text = value.isoformat() if isinstance(value, date) else str(value)
    return "CAST('" + text.replace("'", "''").replace("\x00", "") + f"' AS {type_})"


@pytest.mark.parametrize("type_", list(TYPES))
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_proven_rule_holds_for_every_row(
    shared_connection: DuckDBPyConnection, type_: str, data: st.DataObject
) -> None:
    arrow_type, values = TYPES[type_]
    column = data.draw(st.lists(values | st.none(), min_size=1, max_size=8))
    bounds = values | st.sampled_from([each for each in column if each is not None] or [None])
    minimum, maximum = data.draw(bounds | st.none()), data.draw(bounds | st.none())
    not_null = data.draw(st.booleans())
    conditions = ["true"]
    conditions += [f"v >= {literal(minimum, type_)}"] if minimum is not None else []
    conditions += [f"v <= {literal(maximum, type_)}"] if maximum is not None else []
    conditions += ["v IS NOT NULL"] if not_null else []
    rule = Rule(
        name="rule",
        check="range",
        expression=" AND ".join(conditions),
        column="v",
        not_null=not_null,
        minimum=None if minimum is None else literal(minimum, type_),
        maximum=None if maximum is None else literal(maximum, type_),
    )
    spec = spec_of({"v": type_}, partition=None)
    connection = shared_connection
    with tempfile.TemporaryDirectory() as folder:
        rows = pyarrow.table({"v": pyarrow.array(column, arrow_type)})
        connection.register("given", rows)
        staged = staged_rows(connection, Path(folder), "SELECT v FROM given", spec, None)
        proven = proven_rules(connection, spec, [rule], [file.statistics for file in staged.files])
        broken = connection.execute(
            f"SELECT count(*) FROM given WHERE NOT ({rule.expression})"
        ).fetchone()
    assert broken is not None
    if rule in proven:
        assert broken[0] == 0
    elif type_ != "VARCHAR" and None not in column and len(conditions) > 1:
        # And it is no idle promise: without nulls, exact types are proven whenever it is true.
        assert broken[0] > 0


def proves(connection: DuckDBPyConnection, rule: Rule, *files: ColumnStatistics) -> bool:
    spec = spec_of({"v": "BIGINT", "text": "VARCHAR", "ratio": "DOUBLE"})
    given = [{rule.column or "": statistics} for statistics in files]
    return rule in proven_rules(connection, spec, [rule], given)


def test_every_file_has_to_prove_it(connection: DuckDBPyConnection) -> None:
    rule = Rule("r", "ge", "v >= 1", column="v", minimum="1")
    good, bad = ColumnStatistics("1", "9", 0), ColumnStatistics("0", "9", 0)
    assert proves(connection, rule, good, good)
    assert not proves(connection, rule, good, bad)
    assert not proves(connection, rule, good, ColumnStatistics(None, None, None))


def test_bounds_of_text_and_floats_are_not_trusted(connection: DuckDBPyConnection) -> None:
    for column in ("text", "ratio"):
        rule = Rule("r", "ge", f"{column} >= '0'", column=column, minimum="'0'")
        assert not proves(connection, rule, ColumnStatistics("1", "2", 0))


def test_nulls_are_trusted_for_every_type(connection: DuckDBPyConnection) -> None:
    rule = Rule("r", "not_null", "text IS NOT NULL", column="text", not_null=True)
    assert proves(connection, rule, ColumnStatistics(None, None, 0))
    assert not proves(connection, rule, ColumnStatistics(None, None, 1))
    assert not proves(connection, rule, ColumnStatistics(None, None, None))


def test_a_rule_that_states_no_bounds_is_never_proven(connection: DuckDBPyConnection) -> None:
    rule = Rule("r", "isin", "v IN (1, 2)", column="v")
    assert not proves(connection, rule, ColumnStatistics("1", "2", 0))
