"""Rule 3 in MariaDB: two tables of payments and bills, and their reconciliation as SQL.

MariaDB has no FULL JOIN: payments LEFT JOIN bills, and the bills without a payment. Of a key that
is there again on a day, the first row is compared and the others are duplicates. The tables have
only the columns that the result needs, which favours MariaDB: it reads rows whole.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.reconciliation.payments import BILLS, PAYMENTS

# Name and type of each column, in the order in which they are exported and loaded.
COLUMNS = {
    PAYMENTS: {
        "payment_no": "VARCHAR(24)",
        "order_no": "VARCHAR(24)",
        "payment_method": "VARCHAR(16)",
        "merchant_no": "VARCHAR(16)",
        "outward_no": "VARCHAR(24)",
        "paid_amount": "DECIMAL(18,2)",
        "currency": "CHAR(3)",
        "dt": "DATE",
    },
    BILLS: {
        "bill_line_id": "VARCHAR(64)",
        "channel": "VARCHAR(16)",
        "merchant_no": "VARCHAR(16)",
        "outward_no": "VARCHAR(24)",
        "gross_amount": "DECIMAL(18,2)",
        "currency": "CHAR(3)",
        "bill_type": "VARCHAR(8)",
        "is_successful": "TINYINT",
        "dt": "DATE",
    },
}
RESULT = "payment_bill"

_PAYMENT_KEY = "payment_method, merchant_no, outward_no"
_BILL_KEY = "channel, merchant_no, outward_no"


@dataclass(frozen=True)
class Step:
    """A statement that makes a table of a SELECT."""

    table: str
    create: str
    select: str

    @property
    def statement(self) -> str:
        """The statement as MariaDB gets it."""
        return f"{self.create} {self.select}"


@dataclass(frozen=True)
class Plan:
    """How a MariaDB is set up to reconcile.

    Args:
        name: What it is, for people.
        options: Of the server's command line.
        keys: The keys of each table, as in CREATE TABLE.
    """

    name: str
    options: Sequence[str]
    keys: dict[str, str]

    def tables(self) -> list[str]:
        """The statements that make the tables of both sides, empty."""
        return [
            f"CREATE TABLE {name} ({', '.join(_columns(name))}, {self.keys[name]}) ENGINE=InnoDB"
            for name in COLUMNS
        ]


def _columns(name: str) -> list[str]:
    return [f"{column} {type_} NOT NULL" for column, type_ in COLUMNS[name].items()]


# As a database that serves a payment service is: settings as delivered, and the keys by which that
# service and whoever looks into delivered bills find their rows.
OPERATIONAL = Plan(
    "as delivered, with the keys of an operational database",
    options=(),
    keys={
        PAYMENTS: "PRIMARY KEY (payment_no), KEY (order_no), KEY (outward_no), KEY (dt)",
        BILLS: "PRIMARY KEY (bill_line_id), KEY (channel, dt)",
    },
)


TUNED = Plan(
    "tuned",
    options=(
        "--innodb-buffer-pool-size=4G",
        "--innodb-log-file-size=4G",
        "--innodb-flush-log-at-trx-commit=0",
        "--innodb-doublewrite=0",
        "--innodb-flush-method=O_DIRECT_NO_FSYNC",
        "--skip-log-bin",
        "--transaction-isolation=READ-COMMITTED",
        "--default-storage-engine=MyISAM",
        "--sort-buffer-size=256M",
        "--tmp-table-size=2G",
        "--max-heap-table-size=2G",
        # Both clustered keys begin alike: row by row, each look-up meets a page that was just read.
        # Hash and batched key joins (levels 4, 6, 8) took as much or more CPU at 150,000 rows.
        "--join-cache-level=0",
        # Else the grouped keys are sorted, although they are read in their order.
        "--optimizer-switch=split_materialized=off",
        "--character-set-server=ascii",
        "--collation-server=ascii_bin",
    ),
    keys={
        PAYMENTS: f"PRIMARY KEY ({_PAYMENT_KEY}, payment_no)",
        BILLS: f"PRIMARY KEY (bill_type, {_BILL_KEY}, bill_line_id)",
    },
)


def _repeated(name: str, row: str, key: str, where: str) -> Step:
    """A small table of the rows whose key another row has before them, by that key."""
    listed = f"{key}, {row}"
    types = ", ".join(f"{each} {COLUMNS[name][each]} NOT NULL" for each in listed.split(", "))
    return Step(
        f"again_{name}",
        f"CREATE TEMPORARY TABLE again_{name} ({types}, PRIMARY KEY ({row})) ENGINE=MEMORY",
        f"SELECT STRAIGHT_JOIN {', '.join(f'a.{each}' for each in listed.split(', '))} FROM ("
        f"SELECT {key}, MIN({row}) AS first_row FROM {name} WHERE {where} "
        f"GROUP BY {key} HAVING COUNT(*) > 1"
        f") AS r JOIN {name} AS a USING ({key}) WHERE a.{row} <> r.first_row AND a.{where}",
    )


_IS_PAYMENT, _IS_BILL = "payment_method <> 'wallet'", "bill_type = 'pay'"
_STATE = """CASE
    WHEN p.payment_no IS NULL THEN 'right_only'
    WHEN b.bill_line_id IS NULL THEN 'left_only'
    WHEN NOT b.is_successful THEN 'status_mismatch'
    WHEN p.currency <> b.currency THEN 'currency_mismatch'
    WHEN p.paid_amount <> b.gross_amount THEN 'amount_mismatch'
    WHEN p.dt <> b.dt THEN 'timing'
    ELSE 'matched'
END"""


def _select(state: str) -> str:
    return f"""SELECT
    p.payment_no, b.bill_line_id,
    COALESCE(p.payment_method, b.channel) AS channel,
    COALESCE(p.merchant_no, b.merchant_no) AS merchant_no,
    COALESCE(p.outward_no, b.outward_no) AS outward_no,
    p.paid_amount, b.gross_amount,
    COALESCE(p.paid_amount, 0) - COALESCE(b.gross_amount, 0) AS difference_amount,
    p.currency, b.currency AS billed_currency,
    p.dt AS paid_date, b.dt AS billed_date,
    {state} AS state,
    COALESCE(GREATEST(p.dt, b.dt), p.dt, b.dt) AS dt"""


def _alone(side: str, state: str) -> str:
    """The columns of a row that stands alone, `p` or `b`."""
    other = {"p": "b", "b": "p"}[side]
    return re.sub(rf"\b{other}\.\w+", "NULL", _select(f"'{state}'"))


_ON = (
    "p.payment_method = b.channel AND p.merchant_no = b.merchant_no "
    f"AND p.outward_no = b.outward_no AND p.{_IS_PAYMENT} AND b.{_IS_BILL}"
)
_AGAIN_PAYMENT, _AGAIN_BILL = f"again_{PAYMENTS} AS ap", f"again_{BILLS} AS ab"
_SELECT = f"""{_select(_STATE)}
FROM {PAYMENTS} AS p
LEFT JOIN {_AGAIN_PAYMENT} ON ap.payment_no = p.payment_no
LEFT JOIN {BILLS} AS b ON {_ON}
LEFT JOIN {_AGAIN_BILL} ON ab.bill_line_id = b.bill_line_id
WHERE p.{_IS_PAYMENT} AND ap.payment_no IS NULL AND ab.bill_line_id IS NULL
UNION ALL
{_alone("b", "right_only")}
FROM {BILLS} AS b
LEFT JOIN {PAYMENTS} AS p ON {_ON}
LEFT JOIN {_AGAIN_BILL} ON ab.bill_line_id = b.bill_line_id
WHERE b.{_IS_BILL} AND p.payment_no IS NULL AND ab.bill_line_id IS NULL
UNION ALL
{_alone("p", "duplicate_left")}
FROM {_AGAIN_PAYMENT} JOIN {PAYMENTS} AS p USING ({_PAYMENT_KEY}, payment_no)
UNION ALL
{_alone("b", "duplicate_right")}
FROM {_AGAIN_BILL} JOIN {BILLS} AS b USING ({_BILL_KEY}, bill_line_id)
WHERE b.{_IS_BILL}
"""

STEPS = (
    _repeated(PAYMENTS, "payment_no", _PAYMENT_KEY, _IS_PAYMENT),
    _repeated(BILLS, "bill_line_id", _BILL_KEY, _IS_BILL),
    Step(RESULT, f"CREATE TABLE {RESULT}", _SELECT),
)
"""What reconciles, in order; the last step makes the table of results."""
