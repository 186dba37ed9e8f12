"""What `ledgerlake new` writes: a table that loads and runs as it stands, and its test."""

from __future__ import annotations

from string import Template

SQL_TABLE = Template('''\
"""One row per city and business date: write here what a row of your table is."""

from warehouse_assets import modeling as m, vocabulary as v


class ${contract}(m.Contract):
    """Each column once: name, type, meaning, and what must hold for its values."""

    city: m.Text = m.key(v.city)
    user_count: m.Integer = m.column("Users who live there", ge=1)
    dt: m.Day = m.partition("Business date")


${table} = m.table(
    ${contract},
    owner="team:finance",
    # Every table that the SQL reads, and the partitions of it that a run may see.
    reads={"dim_user": m.same_day()},
    sql="""
        SELECT
            u.city,
            COUNT(*) AS user_count,
            u.dt
        FROM dim_user AS u
        WHERE u.dt >= :start AND u.dt < :end
        GROUP BY u.city, u.dt
    """,
)
''')

SQL_TEST = Template("""\
from tests.tables.run_sql import DAY, broken_rules, expect, run_sql
from warehouse_assets.${layer}.${table} import ${table}


def test_users_count_for_the_city_they_live_in():
    # Name the columns that matter; the others get plain values.
    users = [
        {"user_id": 1, "city": "Hangzhou"},
        {"user_id": 2, "city": "Hangzhou"},
        {"user_id": 3, "city": "Chengdu"},
    ]
    rows = run_sql(${table}, {"dim_user": users})
    expect(
        rows,
        [
            {"city": "Hangzhou", "user_count": 2, "dt": DAY},
            {"city": "Chengdu", "user_count": 1, "dt": DAY},
        ],
    )
    assert broken_rules(${table}, rows) == set()


def test_no_users():
    assert run_sql(${table}, {}) == []
""")

SOURCE_TABLE = Template('''\
"""One row per ${entity} and delivery: write here what a delivered row is."""

from warehouse_assets import modeling as m, vocabulary as v


class ${contract}(m.DeliveredContract):
    """The delivered columns; source_file, source_line and dt are added to them."""

    ${entity}_id: m.Integer = m.column("What identifies the row in the source", ge=1)
    ${entity}_name: m.Text = m.column("Name", null=True)
    updated_at: m.Timestamp = m.column(v.updated_at)


${table} = m.table(
    ${contract},
    owner="team:finance",
    # Files in <landing>/some_center/${entity}/<YYYY-MM-DD>/, complete once _SUCCESS is there.
    source=m.files("some_center/${entity}", format="csv"),
)
''')

SOURCE_TEST = Template("""\
from tests.tables.run_sql import blocking_rules, broken_rules, plain_row
from warehouse_assets.${layer}.${table} import ${table}


def test_a_plain_row_breaks_nothing():
    # Name the columns that matter; the others get plain values.
    row = plain_row(${table}, {"${entity}_id": 1})
    assert broken_rules(${table}, [row]) == set()


def test_a_row_without_identity_stops_the_publish():
    row = plain_row(${table}, {"${entity}_id": 0})
    broken = broken_rules(${table}, [row])
    assert broken
    assert broken <= blocking_rules(${table})
""")
