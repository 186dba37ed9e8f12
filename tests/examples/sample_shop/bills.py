"""Reads channel bills with plain Python, as somebody would who never saw the shop's code."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

ALIPAY_NAMES = {
    "商户号": "merchant_no",
    "支付宝交易号": "channel_transaction_no",
    "商户订单号": "outward_no",
    "退款请求号": "outward_refund_no",
    "业务类型": "transaction_type",
    "交易状态": "transaction_status",
    "订单金额（元）": "gross_amount",
    "服务费（元）": "fee_amount",
    "币种": "currency",
    "完成时间": "transaction_at",
}
WECHAT_NAMES = {
    "商户号": "merchant_no",
    "微信支付订单号": "channel_transaction_no",
    "商户订单号": "outward_no",
    "商户退款单号": "outward_refund_no",
    "交易类型": "transaction_type",
    "交易状态": "transaction_status",
    "订单金额": "gross_amount",
    "手续费": "fee_amount",
    "货币种类": "currency",
    "交易时间": "transaction_at",
}
CARD_NAMES = {name: name for name in ALIPAY_NAMES.values()}
CHANNELS = ("alipay", "wechat_pay", "card")


@dataclass(frozen=True)
class BillRow:
    """One transaction on a bill."""

    channel: str
    bill_date: date
    merchant_no: str
    channel_transaction_no: str
    outward_no: str
    outward_refund_no: str
    transaction_type: str
    transaction_status: str
    gross_amount: Decimal
    fee_amount: Decimal
    currency: str
    transaction_at: datetime

    @property
    def is_refund(self) -> bool:
        """Whether money goes back to the buyer."""
        return self.transaction_type in ("退款", "REFUND", "拒付", "CHARGEBACK")


def bill_lines(landing: Path, channel: str, day: date) -> list[str]:
    """The lines of one bill, decoded."""
    folder = landing / "channel" / channel / day.isoformat()
    assert (folder / "_SUCCESS").exists(), f"{folder} is not complete"
    (file,) = folder.glob("part-*")
    content = file.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf") == (channel == "wechat_pay")
    return content.decode("gbk" if channel == "alipay" else "utf-8-sig").splitlines()


def read_bill(landing: Path, channel: str, day: date, time_zone: str) -> Iterator[BillRow]:
    """The rows of one bill."""
    lines = bill_lines(landing, channel, day)
    names, delimiter = CARD_NAMES, "|"
    if channel == "alipay":
        assert all(line.startswith("#") for line in (*lines[:4], *lines[-2:]))
        lines, names, delimiter = lines[4:-2], ALIPAY_NAMES, ","
    elif channel == "wechat_pay":
        lines, names, delimiter = lines[2:], WECHAT_NAMES, ","
    for record in csv.DictReader(lines, delimiter=delimiter, strict=True):
        row = {names[name]: value for name, value in record.items()}
        moment = datetime.strptime(row.pop("transaction_at"), "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007
        yield BillRow(
            channel,
            day,
            gross_amount=Decimal(row.pop("gross_amount")),
            fee_amount=Decimal(row.pop("fee_amount")),
            transaction_at=moment.replace(tzinfo=ZoneInfo(time_zone)),
            **row,
        )
