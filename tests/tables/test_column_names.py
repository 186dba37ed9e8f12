"""One meaning per column name in the whole warehouse."""

import ast
from collections import Counter, defaultdict

import pytest

from tests.tables.run_sql import known_tables
from warehouse_assets import vocabulary
from warehouse_assets.modeling import Term
from warehouse_assets.modeling.declaration.column_types import engine_type

MONEY = "DECIMAL(18,2)"
TABLES = list(known_tables().values())
WORDS = {name: term for name, term in vars(vocabulary).items() if isinstance(term, Term)}
# dt is the one column whose meaning differs: whose business date it is.
DATES = {name: term for name, term in WORDS.items() if name.startswith("dt_")}
TERMS = {name: term for name, term in WORDS.items() if name not in DATES}
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
    assert said
    return said


def test_a_name_has_one_type_everywhere():
    types = said_of_columns(lambda column: column.spec.type)
    assert {name: found for name, found in types.items() if len(found) > 1} == {}


def test_a_name_has_one_meaning_everywhere():
    """A metric's name included: what carries it elsewhere means the same."""
    meanings = said_of_columns(lambda column: column.spec.doc)
    several = {name: found for name, found in meanings.items() if len(found) > 1}
    assert several.keys() == {"dt"}, several


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_name_says_what_kind_of_value_it_holds(table):
    assert table.columns
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


def test_a_term_of_the_vocabulary_is_what_several_tables_say():
    """Each is used by two tables or more, with its name, type and meaning as it is there."""
    types = said_of_columns(lambda column: column.spec.type)
    meanings = said_of_columns(lambda column: column.spec.doc)
    assert len(TERMS) > 100
    for name, term in TERMS.items():
        assert types[name] == {engine_type(term.type)}, name
        assert meanings[name] == {term.meaning}, name
    owners = [name for table in TABLES for name in {column.spec.name for column in table.columns}]
    assert [name for name in TERMS if owners.count(name) < 2] == []


def test_a_date_of_the_vocabulary_is_that_of_several_tables():
    meanings = [c.spec.doc for table in TABLES for c in table.columns if c.spec.name == "dt"]
    assert len(DATES) > 5
    assert {name for name, term in DATES.items() if meanings.count(term.meaning) < 2} == set()


def test_no_meaning_is_written_twice():
    """What several tables mean stands in the vocabulary; a table writes what only it means."""
    written = [term.meaning for term in WORDS.values()]
    for table in TABLES:
        written += written_meanings(ast.parse(table.path.read_bytes()))
    assert len(written) > len(WORDS)
    assert [doc for doc, times in Counter(written).items() if times > 1] == []


def written_meanings(tree):
    """The meanings of columns that the module writes itself."""
    for node in ast.walk(tree):
        if isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Call):
            function = ast.unparse(node.value.func).removeprefix("m.")
            place = {"column": 0, "key": 0, "partition": 0, "ref": 1}.get(function)
            if place is not None and isinstance(node.value.args[place], ast.Constant):
                yield node.value.args[place].value
