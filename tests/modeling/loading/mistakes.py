"""Tables with one mistake each, and what the error says of it."""

from __future__ import annotations

from tests.modeling.conftest import DWD, changed

# (what is wrong, the module with it, text on the line the error names, words the error holds)
MISTAKES = {
    "unknown column": (
        changed(DWD, "o.order_no, SUM", "o.order_nr, SUM"),
        "o.order_nr",
        ["order_nr", "Did you mean order_no?"],
    ),
    "unknown column in the window": (
        changed(DWD, "o.dt < :end", "o.dat < :end"),
        "o.dat",
        ["dat"],
    ),
    "unknown table": (
        changed(DWD, "FROM ods_order", "FROM ods_ordr"),
        "FROM ods_ordr",
        ["no table ods_ordr", "Did you mean ods_order?"],
    ),
    "input missing from reads": (
        changed(DWD, '"ods_order": same_day()', ""),
        "FROM ods_order",
        ["ods_order is missing from reads"],
    ),
    "input declared and unused": (
        changed(DWD, '{"ods_order"', '{"ods_item": same_day(), "ods_order"'),
        '"ods_item"',
        ["ods_item is in reads and the SQL does not use it", "remove"],
    ),
    "input that does not exist": (
        changed(DWD, '{"ods_order"', '{"ods_oder": same_day(), "ods_order"'),
        '"ods_oder"',
        ["reads ods_oder, which does not exist", "Did you mean ods_order?"],
    ),
    "output column missing": (
        changed(DWD, " AS pay_amount", " AS paid_amount"),
        "AS paid_amount",
        ["gives paid_amount; the contract has pay_amount"],
    ),
    "output column too many": (
        changed(DWD, "o.dt\n", "o.dt, 1 AS surplus\n"),
        "AS surplus",
        ["column surplus is not in the contract"],
    ),
    "output type": (
        changed(DWD, "SUM(o.pay_amount)", "COUNT(*) * 1.005"),
        "SELECT",
        ["column pay_amount is DECIMAL", "DECIMAL(18,2) in the contract"],
    ),
    "money as text": (
        changed(DWD, "SUM(o.pay_amount)", "MAX(o.order_no)"),
        "SELECT",
        ["pay_amount is VARCHAR"],
    ),
    "clock": (
        changed(DWD, "o.dt < :end", "o.dt < CURRENT_DATE"),
        "CURRENT_DATE",
        ["a clock", "Use :start and :end"],
    ),
    "clock by function": (
        changed(DWD, "o.dt < :end", "o.dt < CAST(now() AS DATE)"),
        "now()",
        ["a clock"],
    ),
    "division": (
        changed(DWD, "SUM(o.pay_amount)", "SUM(o.pay_amount) / 2"),
        "/ 2",
        ["divide_money"],
    ),
    "float": (
        changed(
            DWD, "SUM(o.pay_amount)", "CAST(SUM(CAST(o.pay_amount AS DOUBLE)) AS DECIMAL(18,2))"
        ),
        "DOUBLE",
        ["no floats"],
    ),
    "star": (
        changed(DWD, "o.order_no, SUM(o.pay_amount) AS pay_amount, o.dt\n", "*\n"),
        "SELECT *",
        ["hides columns", "Name each one"],
    ),
    "syntax": (changed(DWD, "GROUP BY o.order_no, o.dt", "GROUP o.order_no"), "GROUP o.", []),
    "two statements": (
        changed(DWD, "GROUP BY o.order_no, o.dt", "; SELECT 1"),
        "SELECT o.",
        ["one SELECT"],
    ),
    "no window": (
        changed(DWD, "WHERE o.dt >= :start AND o.dt < :end", ""),
        "SELECT",
        [":start", "Add WHERE dt >= :start"],
    ),
    "sort by no column": (
        changed(DWD, "reads=", 'sort_by=["order_num"], reads='),
        "order_num",
        ["sort_by names order_num", "Did you mean order_no?"],
    ),
    "reference to no table": (
        changed(DWD, 'key("Order number")', 'ref("dim_user", "Order number")'),
        "order_no:",
        ["refers to dim_user, which does not exist"],
    ),
    "check over no column": (
        changed(DWD, "reads=", 'checks=[check("paid", "paid_amount >= 0")], reads='),
        '"paid"',
        ["paid_amount", "Did you mean pay_amount?"],
    ),
    "one check of several over no column": (
        changed(
            DWD,
            "reads=",
            'checks=[check("whole", "pay_amount >= 0"), check("paid", "paid_amount >= 0"),'
            ' guard("any", "COUNT(*) > 0")], reads=',
        ),
        '"paid"',
        ["check paid", "Did you mean pay_amount?"],
    ),
    "check that is no condition": (
        changed(DWD, "reads=", 'checks=[check("paid", "pay_amount")], reads='),
        '"paid"',
        ["not a condition"],
    ),
    "aggregate in a check of rows": (
        changed(DWD, "reads=", 'checks=[check("paid", "SUM(pay_amount) >= 0")], reads='),
        '"paid"',
        ["aggregate"],
    ),
    "row in a check of partitions": (
        changed(DWD, "reads=", 'checks=[guard("paid", "pay_amount >= 0")], reads='),
        '"paid"',
        ["pay_amount"],
    ),
    "column under another name": (
        changed(DWD, " AS pay_amount", " AS gmw"),
        "AS gmw",
        ["the SQL gives gmw", "the contract has pay_amount"],
    ),
    "text declared as a number": (
        changed(DWD, "pay_amount: Money", "pay_amount: Integer").replace(
            "SUM(o.pay_amount)", "MAX(o.order_no)"
        ),
        "SELECT",
        ["pay_amount is VARCHAR", "Declare it as pay_amount: Text"],
    ),
    "owner that is no team": (
        changed(DWD, 'owner="team:trade"', 'owner="trade"'),
        'owner="trade"',
        ["owner 'trade' is neither", 'owner="team:trade"'],
    ),
    "no partition column": (
        changed(DWD, '    dt: Day = partition("Business date")\n', ""),
        "class DwdOrder",
        ["dwd_order has no partition column", "partition(...)"],
    ),
    "no key": (
        changed(DWD, 'key("Order number")', 'column("Order number")'),
        "class DwdOrder",
        ["has no key", "key(...)"],
    ),
    "misspelt keyword": (
        changed(DWD, "SELECT o.order_no", "SELEC o.order_no"),
        "SELEC o.",
        ["SELEC is no word of SQL", "Did you mean SELECT?"],
    ),
    "comment that is not closed": (
        changed(DWD, "SELECT o.order_no", "SELECT /* the order o.order_no"),
        "GROUP BY",
        ["comment is not closed", "Close it."],
    ),
    "check with a text that is not closed": (
        changed(DWD, "reads=", 'checks=[check("paid", "order_no <> \'")], reads='),
        '"paid"',
        ["check paid", "is not closed"],
    ),
    "misspelt table of another kind": (
        changed(DWD, "FROM ods_order AS o", "FROM ods_order AS o JOIN dim_provinc AS p ON TRUE"),
        "dim_provinc",
        ["no table dim_provinc", "`ledgerlake tables`"],
    ),
    "operator without a value": (
        changed(DWD, "reads=", 'checks=[check("paid", "pay_amount >> > 0")], reads='),
        '"paid"',
        ["check paid", "the operator >>"],
    ),
    "operator that is not portable": (
        changed(DWD, "reads=", 'checks=[check("paid", "pay_amount || 1 > 0")], reads='),
        '"paid"',
        ["check paid", "OR in StarRocks"],
    ),
    "unknown function": (
        changed(DWD, "SUM(o.pay_amount)", "SUM(roundd(o.pay_amount, 1))"),
        "roundd",
        ["no roundd() in the portable subset", "Did you mean round?"],
    ),
    "day before that is not shown": (
        changed(DWD, '{"ods_order"', '{"ods_item": same_day(), "ods_order"').replace(
            "        WHERE o.dt",
            "        LEFT JOIN ods_item AS i ON i.dt = o.dt - INTERVAL 1 DAY\n        WHERE o.dt",
        ),
        "INTERVAL 1 DAY",
        ["asks ods_item for 1 day before", "trailing(days=2)"],
    ),
    "days before that are not shown": (
        changed(DWD, "o.dt >= :start", "o.dt >= :start - INTERVAL 6 DAY").replace(
            "same_day()", "trailing(days=3)"
        ),
        "INTERVAL 6 DAY",
        ["asks ods_order for 6 days before", "trailing(days=7)"],
    ),
    "days after that are not shown": (
        changed(DWD, "o.dt < :end", "o.dt < :end + INTERVAL 2 DAY"),
        "INTERVAL 2 DAY",
        ["asks ods_order for 2 days after", "following(days=2)"],
    ),
    "the day after, by BETWEEN": (
        changed(DWD, "o.dt >= :start AND o.dt < :end", "o.dt BETWEEN :start AND :end"),
        "BETWEEN",
        ["asks ods_order for 1 day after"],
    ),
    "misspelt keyword before a condition": (
        changed(DWD, "WHERE", "WEHRE"),
        "WEHRE",
        ["WEHRE is no word of SQL", "Did you mean WHERE?"],
    ),
    "instant as text": (
        changed(DWD, "SUM(o.pay_amount)", "MAX(CAST(o.ordered_at AS VARCHAR))"),
        "ordered_at",
        ["clock zone", "business_date()"],
    ),
    "instant as text, through a query inside": (
        changed(DWD, "FROM ods_order AS o", "FROM o").replace(
            "        SELECT o.order_no",
            "        WITH o AS (SELECT COALESCE(ordered_at, NULL) AS t, pay_amount, order_no, dt "
            "FROM ods_order)\n        SELECT CAST(MAX(o.t) AS DATE) AS d, o.order_no",
        ),
        "MAX(o.t)",
        ["clock zone"],
    ),
    "instant compared with a date": (
        changed(DWD, "o.dt < :end", "o.ordered_at < :end"),
        "o.ordered_at",
        ["an instant and a DATE", "business_date()"],
    ),
    "date compared with a text": (
        changed(DWD, "o.dt < :end", "o.dt < 'today'"),
        "'today'",
        ["a text is read as a date"],
    ),
    "type the warehouse lacks": (
        changed(DWD, "pay_amount: Money", "pay_amount: float"),
        "class DwdOrder",
        ["no type of the warehouse"],
    ),
}
