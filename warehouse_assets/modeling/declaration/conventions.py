"""What holds for every table whose name begins alike, unless its module says otherwise."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from functools import cache
from typing import Literal

from warehouse_assets.modeling.declaration.freshness import Deadline
from warehouse_assets.modeling.declaration.serving import Serving
from warehouse_assets.modeling.modules import imported

ByConvention = Literal["by convention"]
BY_CONVENTION: ByConvention = "by convention"


@dataclass(frozen=True)
class Convention:
    """The defaults of the tables of one prefix. Made by `convention()`."""

    freshness: Deadline | None = None
    serving: Serving | None = None
    late_days: int | None = None


def convention(
    *,
    freshness: Deadline | None = None,
    serving: Serving | None = None,
    late_days: int | None = None,
) -> Convention:
    """Declare in `conventions.py` the defaults of the tables whose names begin with the variable's.

    Args:
        freshness: By when yesterday's partition is there. Tables that are declared in code have
            no deadline.
        serving: How StarRocks serves the tables that are replaced; others it does not serve.
        late_days: How many days after the business date of its event a delivered row still
            counts: each change log with an event time is checked by delivered_in_time().
    """
    return Convention(freshness, serving, late_days)


@cache
def convention_of(package: str, prefix: str) -> Convention:
    """The variable `prefix` in `conventions.py` of a package; without one there are no defaults.

    Raises:
        LoadError: If `conventions.py` fails to import; names the line.
    """
    name = f"{package}.conventions"
    if importlib.util.find_spec(name) is None:
        return Convention()
    found = getattr(imported(name), prefix, None)
    return found if isinstance(found, Convention) else Convention()
