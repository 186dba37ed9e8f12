"""A metric computed ad hoc is what every summary that carries it shows, to the cent."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from duckdb import DuckDBPyConnection
from typer.testing import CliRunner, Result

from resources.errors import SettingsError
from resources.lake.lake import Lake
from resources.lake.model.window import Window
from resources.settings import Settings
from tests.modeling.metrics.small_lake import DAYS, SUMMARIES
from warehouse_assets.command_line.main import app
from warehouse_assets.command_line.queries.rows import add_view, query_session
from warehouse_assets.modeling.loading.load_warehouse import load_warehouse
from warehouse_assets.modeling.metrics.query import (
    DAY,
    MetricQuery,
    column_for,
    dimension_of,
    metric_query,
)
from warehouse_assets.modeling.metrics.summaries import usable_summaries
from warehouse_assets.modeling.sql.measure_calls import divided

WAREHOUSE = load_warehouse()
CARRIED = [
    (summary, column.spec.name)
    for summary in SUMMARIES
    for column in WAREHOUSE.table(summary).columns
    if column.role.metric
]
PERIOD = ("--from", DAYS.start, "--to", DAYS.last)

Run = Callable[..., Result]


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("LEDGERLAKE_HOME", str(home))
    monkeypatch.setenv("LEDGERLAKE_FIRST_DATE", DAYS.start.isoformat())
    return lambda *arguments: CliRunner().invoke(app, [str(argument) for argument in arguments])


def rows(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


@pytest.fixture(scope="session")
def connection(home: Path) -> Iterator[DuckDBPyConnection]:
    """Every table of the lake, as `ledgerlake sql` and `ledgerlake metric` see it."""
    settings = Settings(home=home, first_date=DAYS.start)
    lake = Lake(settings)
    with query_session(settings) as session:
        for _, name in lake.tables():
            add_view(session, lake, lake.snapshot(WAREHOUSE.table(name).spec))
        yield session


def questions(summary: str, name: str) -> Iterator[MetricQuery]:
    """Everything that the summary is said to answer as well as the facts do."""
    grain = [dimension_of(each) for each in WAREHOUSE.table(summary).key]
    for size in range(len(grain) + 2):
        for by in itertools.combinations([*grain, DAY], size):
            for window in (DAYS, Window.of_day(DAYS.start)):
                try:
                    query = metric_query(WAREHOUSE, name, by, None, window)
                except SettingsError:  # the fact has no such dimension
                    continue
                if summary in usable_summaries(query):
                    yield query


@pytest.mark.parametrize(("summary", "name"), CARRIED)
def test_ad_hoc_equals_every_summary_that_is_said_to_have_it(
    summary: str, name: str, connection: DuckDBPyConnection
) -> None:
    asked = list(questions(summary, name))
    for query in asked:
        columns = [_column(summary, each) for each in query.by]
        parts = [f"SUM({part.name})" for part in query.parts]
        groups = f" GROUP BY {', '.join(columns)}" if columns else ""
        found = connection.execute(query.sql).fetchall()
        wanted = connection.execute(
            f"SELECT {', '.join([*columns, divided(query.metric, parts)])} FROM {summary} "
            f"WHERE dt >= DATE '{query.window.start}' AND dt < DATE '{query.window.end}'{groups}"
        ).fetchall()
        assert _figures(found, len(columns)) == _figures(wanted, len(columns)), query.sql
    # Cities come from dim_user: a count of users has none, and is not summed up over them.
    assert asked or (summary, name) == ("dws_city_1d", "buyer_count")


def _column(summary: str, dimension: str) -> str:
    if dimension == DAY:
        return "dt"
    column = column_for(dimension, WAREHOUSE.table(summary).key)
    assert column is not None
    return column


def _figures(rows: list[tuple[Any, ...]], groups: int) -> dict[tuple[Any, ...], Any]:
    """Groups and figures; a summary has a row also where only its other figures have one."""
    return {tuple(value or "unknown" for value in row[:groups]): row[-1] for row in rows if row[-1]}


@pytest.mark.parametrize(
    ("name", "by", "days", "summary", "usable"),
    [
        ("gmv", ("seller",), 3, "dws_seller_1d", True),
        ("gmv", ("seller",), 3, "dws_financial_1d", False),
        ("gmv", (), 3, "dws_financial_1d", True),
        ("gmv", ("category",), 1, "dws_sku_1d", False),
        ("line_order_count", ("seller", "day"), 3, "dws_seller_1d", True),
        ("line_order_count", ("seller",), 3, "dws_seller_1d", True),
        ("line_order_count", (), 1, "dws_seller_1d", False),
        ("buyer_count", ("currency",), 1, "dws_financial_1d", True),
        ("buyer_count", ("currency",), 3, "dws_financial_1d", False),
        ("buyer_count", (), 1, "dws_financial_1d", False),
        ("paid_amount", ("channel",), 3, "dws_channel_1d", True),
        ("paid_amount", ("payment_method",), 3, "dws_channel_1d", True),
        ("take_rate", (), 3, "dws_seller_1d", True),
        ("refund_rate", (), 3, "dws_financial_1d", True),
    ],
)
def test_a_summary_answers_only_what_it_can(
    name: str, by: tuple[str, ...], days: int, summary: str, usable: bool
) -> None:
    window = DAYS if days == len(DAYS) else Window.of_day(DAYS.start)
    query = metric_query(WAREHOUSE, name, by, None, window)
    assert (summary in usable_summaries(query)) is usable


def test_a_summary_by_one_date_does_not_answer_by_another() -> None:
    query = metric_query(WAREHOUSE, "gmv", ("seller",), "paid", DAYS)
    assert usable_summaries(query) == []


def test_a_metric_by_another_of_its_dates(run: Run) -> None:
    found = rows(run("metric", "gmv", "--by", "day", "--date", "paid", *PERIOD, "-f", "json"))
    shown = rows(run("sql", "-f", "json", f"""
        SELECT paid_date AS day, currency, SUM(pay_amount) AS gmv FROM dwd_order_detail
        WHERE paid_date <= DATE '{DAYS.last}' GROUP BY ALL ORDER BY ALL"""))  # fmt: skip
    assert found == shown


def test_a_ratio_shows_its_parts_and_divides_their_sums(run: Run) -> None:
    found = rows(run("metric", "take_rate", "--by", "currency", *PERIOD, "-f", "json"))
    shown = rows(run("sql", "-f", "json", """
        SELECT currency, SUM(commission) AS commission, SUM(settled_amount) AS settled_amount,
            divide_rate(SUM(commission), SUM(settled_amount)) AS take_rate
        FROM dws_seller_1d GROUP BY currency ORDER BY currency"""))  # fmt: skip
    assert found == shown


def test_a_ratio_of_two_facts_without_groups(run: Run) -> None:
    (found,) = rows(run("metric", "repeat_rate", *PERIOD, "-f", "json"))
    users = "COUNT(DISTINCT user_id)"
    repeating = "COUNT(DISTINCT CASE WHEN is_repeat_buyer THEN user_id END)"
    sql = f"""
        SELECT {repeating} AS repeat_buyer_count,
            (SELECT {users} FROM dwd_order) AS buyer_count
        FROM dws_user_1d
    """
    (shown,) = rows(run("sql", "-f", "json", sql))
    assert shown.items() <= found.items()


def test_the_answer_says_what_it_counts_and_who_else_has_it(run: Run) -> None:
    # Where lines end depends on the terminal.
    output = " ".join(run("metric", "gmv", "--by", "seller", *PERIOD).output.split())
    assert "Counted by ordered, from dwd_order_detail." in output
    assert "The same figures are in dws_seller_1d" in output
    output = " ".join(run("metric", "gmv", "--by", "category", *PERIOD).output.split())
    assert "No summary has it by category, currency over 2026-01-01..2026-01-03." in output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("gvm", *PERIOD), ["there is no metric gvm", "Did you mean gmv?"]),
        (("gmv", "--by", "sellr", *PERIOD), ["dwd_order_detail", "has no sellr", "seller"]),
        (("refund_rate", "--by", "seller", *PERIOD), ["refund_amount, a part of refund_rate"]),
        (("gmv", "--date", "payed", *PERIOD), ["not counted by payed", "Did you mean paid?"]),
        (("stock_quantity", *PERIOD), ["is a level", "--by day"]),
        (("gmv",), ["for which days?", "--partition DAY"]),
        (("gmv", "--from", "2026-01-02", "--to", "2026-01-04"),
         ["dwd_order_detail has no partition 2026-01-04", "materialize +dwd_order_detail"]),
    ],
)  # fmt: skip
def test_a_wrong_question_is_told_what_is_possible(
    arguments: tuple[object, ...], said: list[str], run: Run
) -> None:
    result = run("metric", *arguments)
    assert result.exit_code == 1
    text = " ".join(result.output.replace("│", " ").split())
    for words in said:
        assert words in text


def test_metrics_lists_every_metric_with_the_tables_that_carry_it(run: Run) -> None:
    output = run("metrics").output
    for metric in WAREHOUSE.metrics:
        assert metric.name in output
    rates = run("metrics", "--unit", "rate").output
    assert "take_rate" in rates
    assert "gmv" not in rates.replace("GMV", "")
    assert run("metrics", "--unit", "rates").exit_code == 1


def test_every_grain_is_told_apart() -> None:
    """The groupings above mean something: keys of summaries are dimensions of the facts."""
    keys = set(itertools.chain(*(WAREHOUSE.table(name).key for name in SUMMARIES)))
    assert {dimension_of(name) for name in keys} == {
        "user", "seller", "sku", "city", "channel", "currency"
    }  # fmt: skip
