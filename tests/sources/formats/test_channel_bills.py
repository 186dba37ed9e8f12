"""Real exports of Alipay and WeChat Pay, read with nothing but a declaration."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from resources.sources.declaration.files import files
from resources.sources.declaration.layout import layout, starts_with
from tests.sources.conftest import DAY, FOLDER, Landing, values

ALIPAY = files(
    FOLDER,
    format="csv",
    encoding="gbk",
    preamble_lines=24,
    trim=True,
    time_zone="Asia/Shanghai",
    columns={
        "traded_at": "交易时间",
        "category": "交易分类",
        "direction": "收/支",
        "amount": "金额",
        "status": "交易状态",
        "transaction_no": "交易订单号",
        "merchant_no": "商家订单号",
    },
)
ALIPAY_COLUMNS = {
    "traded_at": "TIMESTAMP WITH TIME ZONE",
    "category": "VARCHAR",
    "direction": "VARCHAR",
    "amount": "DECIMAL(18,2)",
    "status": "VARCHAR",
    "transaction_no": "VARCHAR",
    "merchant_no": "VARCHAR?",
}
WECHAT = files(
    FOLDER,
    format="csv",
    preamble_lines=16,
    trim=True,
    null_texts=("", "/"),
    columns={
        "traded_at": "交易时间",
        "counterparty": "交易对方",
        "amount": "金额(元)",
        "transaction_no": "交易单号",
        "note": "备注",
    },
)
WECHAT_COLUMNS = {
    "traded_at": "TIMESTAMP WITH TIME ZONE",
    "counterparty": "VARCHAR?",
    "amount": "VARCHAR",
    "transaction_no": "VARCHAR",
    "note": "VARCHAR?",
}


@pytest.fixture
def bills(project_root: Path) -> Mapping[str, bytes]:
    folder = project_root.parent / "shared" / "data" / "channel_bills"
    found = {file.name: file.read_bytes() for file in folder.glob("example-*.csv")}
    if not found:
        reason = f"no channel bills at {folder}"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@pytest.mark.parametrize("trailer", ["", "-----\n共10笔记录\n\n"])
def test_alipay(landing: Landing, bills: Mapping[str, bytes], trailer: str) -> None:
    content = bills["example-alipay-records.csv"] + trailer.encode("gbk")
    landing.deliver("alipay.csv", content)
    source = replace(ALIPAY, layout=layout(end=starts_with("---")) if trailer else None)
    with landing.load(source, ALIPAY_COLUMNS) as loaded:
        rows = landing.accepted(loaded)
        assert loaded.rejected == {DAY: 0}
    assert [row["source_line"] for row in rows] == list(range(26, 36))
    assert rows[0]["traded_at"] == datetime(2023, 2, 12, 13, 32, 14, tzinfo=UTC)
    assert values(rows[:3], "category", "direction", "amount", "status", "merchant_no") == [
        ("亲友代付", "支出", Decimal("49.74"), "交易成功", "20230xxxxxxx014741014xxxxxx"),
        ("日用百货", "支出", Decimal("20.00"), "等待确认收货", "Txxxxxxxxxxxxx0"),
        ("退款", "不计收支", Decimal("16.03"), "退款成功", "20xxxxxxxxxxxxxxxx5"),
    ]
    assert sum(row["amount"] for row in rows) == independent_total(content)


def independent_total(content: bytes) -> Decimal:
    """The seventh field of every line of the list, which is not quoted in this file."""
    lines = content.decode("gbk").split("\n")[25:35]
    return sum((Decimal(line.split(",")[6].strip()) for line in lines), Decimal(0))


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_wechat(landing: Landing, bills: Mapping[str, bytes], mark: bytes) -> None:
    content = bills["example-wechat-records.csv"]
    landing.deliver("wechat.csv", mark + content)
    with landing.load(WECHAT, WECHAT_COLUMNS) as loaded:
        rows = landing.accepted(loaded)
        assert loaded.rejected == {DAY: 0}
    lines = content.decode().rstrip("\n").split("\n")
    assert [row["source_line"] for row in rows] == list(range(18, len(lines) + 1))
    assert values(rows[:2], "counterparty", "amount", "transaction_no", "note") == [
        ("云膳过桥米线(传奇广场店)", "¥28.16", "3985734", None),
        ("同性好友", "¥0.35", "3985734", None),
    ]
    for row in rows:
        assert f",{row['amount']}," in lines[row["source_line"] - 1]
    assert any(row["counterparty"] == '打开拼多多，点击底部"多多视频"' for row in rows)


def test_an_amount_with_a_currency_sign_is_no_amount(
    landing: Landing, bills: Mapping[str, bytes]
) -> None:
    landing.deliver("wechat.csv", bills["example-wechat-records.csv"])
    with landing.load(WECHAT, {**WECHAT_COLUMNS, "amount": "DECIMAL(18,2)"}) as loaded:
        assert loaded.rows == {DAY: 0} and loaded.rejected[DAY] > 20
        assert landing.refused(loaded)[0]["reason"] == "amount: '¥28.16' is no DECIMAL(18,2)"
