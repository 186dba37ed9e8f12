"""What `ledgerlake new` writes: modules that load and run as they stand, and their tests."""

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

RULE = Template('''\
"""One row per ... and ... that belong together, or stand alone: write here what must agree."""

from warehouse_assets import modeling as m

${table} = m.reconciliation(
    # Who explains what does not agree.
    owner="team:finance",
    # Which rows of which table; what of them is compared; what the side did, as a participle.
    left=m.side(
        "dwd_payment",
        where="payment_method = 'wallet'",
        row="payment_no",
        amount="paid_amount",
        word="paid",
    ),
    right=m.side(
        "dwd_wallet_entry",
        where="entry_type = 'payment'",
        row="wallet_entry_no",
        amount="amount",
        word="taken out of the wallet",
    ),
    # How many rows of the left may meet how many of the right: "n" are summed up by the key.
    match="1:1",
    passes=[m.match_key("payment", left=("payment_no",), right=("business_no",))],
    # For how many days after its first an item may be open.
    open_days=1,
)
''')

RULE_TEST = Template("""\
from tests.tables.reconciliation.run_days import run_days
from tests.tables.run_sql import expect
from warehouse_assets.reconciliation.${table} import ${table}

# Name the columns that matter; the others get plain values.
PAYMENT = {"payment_no": "P1", "payment_method": "wallet", "paid_amount": 5, "currency": "CNY"}
ENTRY = {
    "wallet_entry_no": "W1",
    "business_no": "P1",
    "entry_type": "payment",
    "amount": 5,
    "currency": "CNY",
}


def test_sides_that_agree_are_matched():
    [results] = run_days(${table}, {"dwd_payment": [PAYMENT], "dwd_wallet_entry": [ENTRY]})
    expect(results, [{"left_id": "P1", "right_id": "W1", "state": "matched"}])


def test_what_is_open_is_closed_by_what_comes_on_the_next_day():
    first, second = run_days(
        ${table}, {"dwd_payment": [PAYMENT]}, {"dwd_wallet_entry": [ENTRY]}
    )
    expect(first, [{"left_id": "P1", "state": "left_only", "is_open": True}])
    expect(second, [{"left_id": "P1", "state": "timing", "is_open": False}])
""")

TEMPLATES = {"ods": (SOURCE_TABLE, SOURCE_TEST), "reconciliation": (RULE, RULE_TEST)}
"""Module and test of the layers whose tables have no SQL of their own."""
