"""The three bills as the channels send them, read by nothing but the declaration."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from resources.duckdb.engine import duckdb_session
from resources.lake.model.window import Window
from resources.settings import Settings
from resources.sources.loading.load import load
from warehouse_assets.ods.ods_channel_bill import ods_channel_bill

DAY = date(2026, 1, 5)
ALIPAY = """#支付宝业务明细查询
#账号：[M_alipay]
#起始日期：[2026年01月05日 00:00:00] 终止日期：[2026年01月06日 00:00:00]
#----业务明细列表----
支付宝交易号,商户订单号,退款请求号,业务类型,交易状态,商户号,订单金额（元）,服务费（元）,币种,完成时间
A1\t,P1\t,\t,交易,交易成功,M_alipay,￥1200.00,7.20,CNY,2026-01-05 08:00:00
A2\t,P1\t,R1\t,退款,交易成功,M_alipay,200.00,1.20,CNY,2026-01-05 23:59:59
#----业务明细列表结束----
#交易合计：1笔，退款合计：1笔
"""
WECHAT = """\ufeff微信支付账单
商户号：[M_wechat_pay] 起始时间：[2026-01-05 00:00:00] 终止时间：[2026-01-06 00:00:00]
交易时间,商户号,微信支付订单号,商户订单号,商户退款单号,交易类型,交易状态,订单金额,手续费,货币种类
2026-01-05 09:30:00,M_wechat_pay,W1\t,P2\t,/,消费,SUCCESS,¥12.00,0.07,CNY
"""
CARD = """merchant_no|channel_transaction_no|outward_no|outward_refund_no|transaction_type|\
transaction_status|gross_amount|fee_amount|currency|transaction_at
M_card|C1|P3||SALE|00|99.90|1.20|CNY|2026-01-05 10:00:00
"""


@pytest.fixture
def rows(tmp_path):
    settings = Settings(home=tmp_path, threads=1)
    for name, content in (
        ("alipay", ALIPAY.encode("gbk")),
        ("wechat_pay", WECHAT.encode()),
        ("card", CARD.encode()),
    ):
        folder = settings.landing_folder / "channel" / name / DAY.isoformat()
        folder.mkdir(parents=True)
        (folder / "part-00000.csv").write_bytes(content)
        (folder / "_SUCCESS").touch()
    columns = ods_channel_bill.spec.columns
    with (
        duckdb_session(settings) as connection,
        load(
            ods_channel_bill.source,
            connection,
            columns,
            Window.of_day(DAY),
            settings,
            "ods_channel_bill",
        ) as loaded,
    ):
        assert loaded.rejected == {DAY: 0}
        found = connection.execute(f"SELECT * FROM ({loaded.select_sql}) ORDER BY 3")
        names = [column[0] for column in found.description]
        return [dict(zip(names, values, strict=True)) for values in found.fetchall()]


def test_every_channels_bill_gives_the_same_columns(rows):
    shown = [
        (row["channel"], row["channel_transaction_no"], row["outward_no"],
         row["outward_refund_no"], row["transaction_type"], row["gross_amount"], row["fee_amount"])
        for row in rows
    ]  # fmt: skip
    assert shown == [
        ("alipay", "A1", "P1", None, "交易", Decimal("1200.00"), Decimal("7.20")),
        ("alipay", "A2", "P1", "R1", "退款", Decimal("200.00"), Decimal("1.20")),
        ("card", "C1", "P3", None, "SALE", Decimal("99.90"), Decimal("1.20")),
        ("wechat_pay", "W1", "P2", None, "消费", Decimal("12.00"), Decimal("0.07")),
    ]
    assert {(row["channel"], row["merchant_no"]) for row in rows} == {
        ("alipay", "M_alipay"),
        ("card", "M_card"),
        ("wechat_pay", "M_wechat_pay"),
    }


def test_local_times_and_lines_are_those_of_the_bill(rows):
    assert rows[1]["transaction_at"] == datetime(2026, 1, 5, 15, 59, 59, tzinfo=UTC)
    assert [row["source_line"] for row in rows] == [6, 7, 2, 4]
    assert rows[3]["source_file"] == "channel/wechat_pay/2026-01-05/part-00000.csv"
