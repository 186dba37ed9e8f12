"""The payment channels: what each charges, and how each writes its bill."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

BILL_COLUMNS = (
    "merchant_no", "channel_transaction_no", "outward_no", "outward_refund_no", "transaction_type",
    "transaction_status", "gross_amount", "fee_amount", "currency", "transaction_at",
)  # fmt: skip


@dataclass(frozen=True)
class Channel:
    """One channel and the form of its bills.

    Args:
        name: Also the payment method that goes through it.
        fee_basis_points: The contract's fee, in hundredths of a percent of the gross amount.
        payment_word, refund_word, chargeback_word: What its bills call a payment, a refund, and a
            payment that the buyer's bank took back.
        success_word, failure_word: Their status of a transaction that succeeded, or did not.
        counterparty: Who pays out, as the bank's statement says it.
        header: Name of each of BILL_COLUMNS in the file, in the order of the file.
        encoding: How the file is encoded, by Python's name.
        preamble: Lines above the header; {first}, {end} and {merchant_no} are filled in.
        trailer: Lines below the rows; {pay_count} and {refund_count} are filled in.
    """

    name: str
    fee_basis_points: int
    payment_word: str
    refund_word: str
    chargeback_word: str
    success_word: str
    failure_word: str
    counterparty: str
    header: Mapping[str, str]
    delimiter: str = ","
    encoding: str = "utf-8"
    preamble: str = ""
    trailer: str = ""

    @property
    def merchant_no(self) -> str:
        """The shop's number at the channel."""
        return f"M_{self.name}"

    def bill_file(self, day: date) -> str:
        """The bill of a day, as the channel's summary names it."""
        return f"{self.name}/{day.isoformat()}/part-00000.csv"

    def preamble_of(self, day: date) -> str:
        """The text above the header of a day's bill."""
        form = "%Y年%m月%d日 00:00:00"
        return self.preamble.format(
            first=day.strftime(form),
            end=(day + timedelta(days=1)).strftime(form),
            merchant_no=self.merchant_no,
        )


ALIPAY = Channel(
    name="alipay",
    fee_basis_points=60,
    payment_word="交易",
    refund_word="退款",
    chargeback_word="拒付",
    success_word="交易成功",
    failure_word="交易关闭",
    counterparty="支付宝（中国）网络技术有限公司",
    header={
        "channel_transaction_no": "支付宝交易号",
        "outward_no": "商户订单号",
        "transaction_type": "业务类型",
        "outward_refund_no": "退款请求号",
        "transaction_status": "交易状态",
        "transaction_at": "完成时间",
        "gross_amount": "订单金额（元）",
        "fee_amount": "服务费（元）",
        "currency": "币种",
        "merchant_no": "商户号",
    },
    encoding="gbk",
    preamble=(
        "#支付宝业务明细查询\n"
        "#账号：[{merchant_no}]\n"
        "#起始日期：[{first}]   终止日期：[{end}]\n"
        "#-----------------------------------------业务明细列表----------------------------------\n"
    ),
    trailer=(
        "#-----------------------------------------业务明细列表结束------------------------------\n"
        "#交易合计：{pay_count}笔，退款合计：{refund_count}笔\n"
    ),
)

WECHAT_PAY = Channel(
    name="wechat_pay",
    fee_basis_points=60,
    payment_word="消费",
    refund_word="退款",
    chargeback_word="拒付",
    success_word="SUCCESS",
    failure_word="CLOSED",
    counterparty="财付通支付科技有限公司",
    header={
        "transaction_at": "交易时间",
        "merchant_no": "商户号",
        "channel_transaction_no": "微信支付订单号",
        "outward_no": "商户订单号",
        "outward_refund_no": "商户退款单号",
        "transaction_type": "交易类型",
        "transaction_status": "交易状态",
        "currency": "货币种类",
        "gross_amount": "订单金额",
        "fee_amount": "手续费",
    },
    # With a byte order mark.
    encoding="utf-8-sig",
    preamble="微信支付交易账单\n商户号：[{merchant_no}] 起始时间：[{first}] 终止时间：[{end}]\n",
)

CARD = Channel(
    name="card",
    fee_basis_points=120,
    payment_word="SALE",
    refund_word="REFUND",
    chargeback_word="CHARGEBACK",
    success_word="00",
    failure_word="05",
    counterparty="UnionPay Merchant Services",
    header={column: column for column in BILL_COLUMNS},
    delimiter="|",
)

CHANNELS = (ALIPAY, WECHAT_PAY, CARD)
CHANNEL_NAMES = tuple(channel.name for channel in CHANNELS)
CURRENCY = "CNY"
"""The shop's own."""
CURRENCIES = (CURRENCY, "HKD", "USD")
"""All that orders are paid in."""
WALLET = "wallet"
"""The one payment method that goes through no channel."""
