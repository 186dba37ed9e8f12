"""One meaning per column name in the whole warehouse."""

from collections import defaultdict

import pytest

from tests.tables.run_sql import known_tables

MONEY = "DECIMAL(18,2)"
TABLES = list(known_tables().values())
SUFFIXES = {
    "DATE": ("dt", "_date", "valid_from", "valid_to"),
    "TIMESTAMP WITH TIME ZONE": ("_at",),
    "BOOLEAN": ("is_",),
    MONEY: ("amount", "_price"),
    "DECIMAL(9,6)": ("_rate",),
}


def said_of_columns(fact):
    """Column name -> what the tables say of it, by a function of the column."""
    said = defaultdict(set)
    for table in TABLES:
        for column in table.columns:
            said[column.spec.name].add(fact(column))
    return said


def test_a_name_has_one_type_everywhere():
    types = said_of_columns(lambda column: column.spec.type)
    assert {name: found for name, found in types.items() if len(found) > 1} == {}


def test_a_name_has_one_meaning_everywhere():
    """A metric's name included: what carries it elsewhere means the same.

    Only dt, by which every table is partitioned, says whose business date it is.
    """
    meanings = said_of_columns(lambda column: column.spec.doc)
    several = {name: found for name, found in meanings.items() if len(found) > 1}
    assert several.keys() == {"dt"}, several


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_name_says_what_kind_of_value_it_holds(table):
    for column in table.columns:
        if column.role.metric:
            continue  # a metric is called what the business calls it: gmv, take_rate
        name, kinds = column.spec.name, SUFFIXES.get(column.spec.type, ())
        assert not kinds or name.endswith(kinds) or name.startswith(kinds), name


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_an_amount_has_its_currency_beside_it(table):
    types = {column.spec.name: column.spec.type for column in table.columns}
    assert MONEY not in types.values() or "currency" in types


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_grain_comes_first(table):
    assert table.doc.startswith("One row per ")
