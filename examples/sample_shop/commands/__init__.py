"""The shop's commands, `demo` and `fill`, which `ledgerlake` shows among its own."""

from examples.sample_shop.commands.demo import demo
from examples.sample_shop.commands.fill import fill

PANELS = {"Look": (demo,), "Run": (fill,)}
"""The commands by the heading under which the help lists them."""
