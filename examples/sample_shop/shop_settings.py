"""How large the simulated shop is, when it opened, and which random seed it follows."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from examples.sample_shop.errors.registry import checked_rates
from resources.errors import SettingsError

LARGEST_ORDER_COUNT = 99_999_999
"""An order number holds eight digits of sequence."""


@dataclass(frozen=True)
class ShopSettings:
    """Everything the content of a delivered day depends on, besides the day itself.

    Args:
        seed: Any integer; two shops that differ only in it share no amounts.
        orders_per_day: Orders placed each business date, 0 to 99,999,999.
        first_date: The date the shop opened: nothing is ordered or delivered before it.
        time_zone: The zone whose midnights separate business dates.
        users: Users registered before the opening; 5 for each order of a day unless given.
        skus: Stock keeping units on sale; 2 for each order of a day, at most 100,000, unless
            given.
        sellers: Merchants; 1 for each 20 orders of a day unless given.
        databases: Databases of the order center, 1 to 99.
        tables: Tables of each of its databases, 1 to 99.
        errors: Share of rows, 0 to 1, that each kind of error happens to; none unless given.
    """

    seed: int = 1
    orders_per_day: int = 1000
    first_date: date = date(2026, 1, 1)
    time_zone: str = "Asia/Shanghai"
    users: int | None = None
    skus: int | None = None
    sellers: int | None = None
    databases: int = 2
    tables: int = 2
    errors: Mapping[str, float] = field(default_factory=dict[str, float], hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "errors", checked_rates(self.errors))
        if not 0 <= self.orders_per_day <= LARGEST_ORDER_COUNT:
            raise SettingsError(
                f"The sample shop cannot place {self.orders_per_day} orders a day",
                f"Ask for 0 to {LARGEST_ORDER_COUNT:,}.",
            )
        if self.time_zone not in available_timezones():
            raise SettingsError(
                f"The sample shop knows no time zone {self.time_zone!r}",
                "Use an IANA name such as Asia/Shanghai.",
            )
        if self.user_count < 1 or self.sku_count < 2 or self.seller_count < 1:
            raise SettingsError(
                "The sample shop needs at least 1 user, 2 skus and 1 seller",
                "Raise users, skus or sellers, or leave them out.",
            )

        if not (1 <= self.databases <= 99 and 1 <= self.tables <= 99):
            raise SettingsError(
                f"The sample shop cannot spread orders over {self.databases} databases "
                f"of {self.tables} tables",
                "Ask for 1 to 99 of each: an order number has two digits for either.",
            )

    @property
    def user_count(self) -> int:
        """Users registered before the opening."""
        return max(300, self.orders_per_day * 5) if self.users is None else self.users

    @property
    def new_users_per_day(self) -> int:
        """Users who register on each date after the first: 0.5 % of those at the opening."""
        return max(1, self.user_count // 200)

    @property
    def sku_count(self) -> int:
        """Stock keeping units on sale."""
        if self.skus is not None:
            return self.skus
        return max(200, min(self.orders_per_day * 2, 100_000))

    @property
    def seller_count(self) -> int:
        """Merchants."""
        return max(20, self.orders_per_day // 20) if self.sellers is None else self.sellers

    def day_index(self, day: date) -> int:
        """Days since the opening; the first date is 0."""
        return (day - self.first_date).days

    def day_start(self, day: date) -> int:
        """Local midnight that begins `day`, in seconds since 1970-01-01 UTC."""
        return int(datetime.combine(day, time(), ZoneInfo(self.time_zone)).timestamp())

    def day_seconds(self, day: date) -> int:
        """How long `day` lasts: 86,400 seconds unless clocks change on it."""
        return self.day_start(day + timedelta(days=1)) - self.day_start(day)

    def random_key(self, purpose: str) -> int:
        """A random 64-bit number that only the seed and the purpose decide."""
        digest = hashlib.sha256(f"{self.seed}/{purpose}".encode()).digest()
        return int.from_bytes(digest[:8], "big")
