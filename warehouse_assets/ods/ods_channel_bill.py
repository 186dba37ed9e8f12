"""One row per line of a channel's bill: a payment or refund, as the channel worded it.

Alipay, WeChat Pay and card each send a file of their own making every day.
"""

from warehouse_assets import conventions as c, modeling as m, vocabulary as v


class OdsChannelBill(m.DeliveredContract):
    """The bills of all channels."""

    channel: m.Text = m.column(v.channel)
    merchant_no: m.Text = m.column(v.merchant_no)
    channel_transaction_no: m.Text = m.column(v.channel_transaction_no)
    outward_no: m.Text = m.column(v.outward_no)
    outward_refund_no: m.Text = m.column(v.outward_refund_no, null=True)
    transaction_type: m.Text = m.column(v.transaction_type)
    transaction_status: m.Text = m.column(v.transaction_status)
    gross_amount: m.Money = m.column(v.gross_amount, ge=0)
    fee_amount: m.Money = m.column(v.fee_amount, ge=0)
    currency: m.Text = m.column(v.currency, str_matches=c.CURRENCY_CODE)
    transaction_at: m.Timestamp = m.column(v.transaction_at)


ods_channel_bill = m.table(
    OdsChannelBill,
    owner="team:payment",
    source=m.sources(
        m.files(
            "channel/alipay",
            format="csv",
            encoding="gbk",
            layout=m.layout(
                header=m.starts_with("支付宝交易号,"),
                end=m.starts_with("#"),
                required=[m.contains("业务明细列表结束")],
            ),
            values={"channel": "alipay"},
            columns={
                "merchant_no": "商户号",
                "channel_transaction_no": "支付宝交易号",
                "outward_no": "商户订单号",
                "outward_refund_no": "退款请求号",
                "transaction_type": "业务类型",
                "transaction_status": "交易状态",
                "gross_amount": "订单金额（元）",
                "fee_amount": "服务费（元）",
                "currency": "币种",
                "transaction_at": "完成时间",
            },
            trim=True,
            numbers=m.number(symbols=["￥"]),
        ),
        m.files(
            "channel/wechat_pay",
            format="csv",
            layout=m.layout(header=m.starts_with("交易时间,")),
            values={"channel": "wechat_pay"},
            columns={
                "merchant_no": "商户号",
                "channel_transaction_no": "微信支付订单号",
                "outward_no": "商户订单号",
                "outward_refund_no": "商户退款单号",
                "transaction_type": "交易类型",
                "transaction_status": "交易状态",
                "gross_amount": "订单金额",
                "fee_amount": "手续费",
                "currency": "货币种类",
                "transaction_at": "交易时间",
            },
            trim=True,
            null_texts=["", "/"],
            numbers=m.number(symbols=["¥"]),
        ),
        m.files("channel/card", format="csv", delimiter="|", values={"channel": "card"}),
    ),
    checks=[m.delivered_in_time("transaction_at", days=c.LATE_DAYS)],
)
