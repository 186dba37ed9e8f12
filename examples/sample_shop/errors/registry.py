"""Every kind of error that the shop can inject, and the rates that were asked for."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from examples.sample_shop.errors.channel_errors import CHANNEL_ERRORS
from examples.sample_shop.errors.kind import ErrorKind, ErrorSource
from examples.sample_shop.errors.money_errors import MONEY_ERRORS
from examples.sample_shop.errors.trade_errors import TRADE_ERRORS
from resources.errors import SettingsError

# In the order of the reconciliations that find them; those that another report finds come last.
_ERROR_SOURCES = sorted(
    (*TRADE_ERRORS, *CHANNEL_ERRORS, *MONEY_ERRORS),
    key=lambda errors: errors.kinds[0].scenario or 99,
)

ERROR_KINDS: Mapping[str, ErrorKind] = MappingProxyType(
    {kind.name: kind for errors in _ERROR_SOURCES for kind in errors.kinds}
)
"""Every kind by its name."""

ERRORS_OF_SOURCE: Mapping[str, ErrorSource] = MappingProxyType(
    {source: errors for errors in _ERROR_SOURCES for source in errors.sources}
)
"""What may be wrong in a source, by its folder in the landing folder."""


def checked_rates(errors: Mapping[str, float]) -> Mapping[str, float]:
    """The rates above 0 by kind, in the order in which the kinds are declared.

    Raises:
        SettingsError: If a kind is unknown, or a rate is no share of one.
    """
    for name, rate in errors.items():
        if name not in ERROR_KINDS:
            raise SettingsError(
                f"The sample shop knows no error {name!r}",
                f"Ask for one of: {', '.join(ERROR_KINDS)}.",
            )
        if not 0 <= rate <= 1:
            raise SettingsError(
                f"The sample shop cannot inject {name} at the rate {rate}",
                "Give the share of rows it happens to, from 0 to 1.",
            )
    return {name: float(errors[name]) for name in ERROR_KINDS if errors.get(name, 0) > 0}
