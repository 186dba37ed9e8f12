"""Shell completion: names of tables, layers and metrics.

Outlines come from the cache, so that completing costs little. If something fails, nothing is
completed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress


def beginning(incomplete: str, names: Callable[[], Iterable[str]]) -> list[str]:
    """The names that begin with what is typed; none if they cannot be determined."""
    with suppress(Exception):
        return sorted(name for name in names() if name.startswith(incomplete))
    return []


def table_names(incomplete: str) -> list[str]:
    """Declared tables."""
    return beginning(incomplete, _tables)


def readable_names(incomplete: str) -> list[str]:
    """Tables and their quarantines, also with the layer before them once it is typed."""
    return beginning(incomplete, lambda: _readable(qualified="." in incomplete))


def layer_names(incomplete: str) -> list[str]:
    """Layers."""
    return beginning(incomplete, _layers)


def metric_names(incomplete: str) -> list[str]:
    """Metrics."""
    return beginning(incomplete, _metrics)


def selections(incomplete: str) -> list[str]:
    """Selections of `ledgerlake materialize`: `all`, `layer:fact`, tables, `+table`."""
    if incomplete.startswith("+"):
        return [f"+{name}" for name in table_names(incomplete[1:])]
    layers = [f"layer:{name}" for name in layer_names("")]
    return [
        *(each for each in ("all", *layers) if each.startswith(incomplete)),
        *table_names(incomplete),
    ]


def _tables() -> Iterable[str]:
    from warehouse_assets.modeling.loading.outline_cache import load_outlines

    return load_outlines().tables


def _readable(qualified: bool) -> Iterable[str]:
    from warehouse_assets.modeling.loading.outline_cache import load_outlines

    specs = load_outlines().readable()
    return [spec.full_name if qualified else name for name, spec in specs.items()]


def _layers() -> Iterable[str]:
    from warehouse_assets.modeling.layers import LAYERS

    return LAYERS


def _metrics() -> Iterable[str]:
    from warehouse_assets.modeling.declaration.metric_library import metric_library

    return [metric.name for metric in metric_library()]
