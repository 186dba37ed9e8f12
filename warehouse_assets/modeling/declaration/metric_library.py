"""Every metric of a warehouse by name: found by looking, as tables are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache

from warehouse_assets.modeling.declaration.metric import AnyMetric, Metric, RatioMetric
from warehouse_assets.modeling.load_errors import LoadError, did_you_mean
from warehouse_assets.modeling.modules import imported, module_names

_FOLDER = "metrics"


@dataclass(frozen=True)
class MetricLibrary:
    """The metrics of one warehouse.

    `problems` say which of its modules do not load; `broken` why a metric of a name cannot be used.
    """

    metrics: Mapping[str, AnyMetric]
    problems: tuple[LoadError, ...] = ()
    broken: Mapping[str, LoadError] = field(default_factory=dict[str, LoadError])

    def __iter__(self) -> Iterator[AnyMetric]:
        return iter(self.metrics.values())

    def get(self, name: str) -> AnyMetric | None:
        """The metric of that name, if there is one."""
        return self.metrics.get(name)

    def without(self, broken: Mapping[str, LoadError]) -> MetricLibrary:
        """The library without the metrics of those names, which it then says to be broken."""
        left = {name: metric for name, metric in self.metrics.items() if name not in broken}
        return replace(self, metrics=left, broken=broken)

    def missing(self, name: str) -> LoadError | None:
        """Why a metric may be missing that somebody names; None: all there are have loaded."""
        return self.broken.get(name) or next(iter(self.problems), None)

    def metric(self, name: str) -> AnyMetric:
        """The metric of that name.

        Raises:
            LoadError: If there is none, with the nearest; or if it is broken, with the reason.
        """
        if name not in self.metrics:
            if error := self.missing(name):
                raise error
            raise LoadError(f"there is no metric {name}", self.suggestion(name))
        return self.metrics[name]

    def suggestion(self, name: str) -> str:
        """A next step for whoever wrote a name that no metric has."""
        return did_you_mean(name, self.metrics) or "`ledgerlake metrics` lists them."

    def parts(self, metric: AnyMetric) -> tuple[Metric, ...]:
        """The aggregates that a metric is made of: itself, or part and whole.

        Raises:
            LoadError: If a part is no metric, or is a ratio itself.
        """
        if isinstance(metric, Metric):
            return (metric,)
        found = [self._part(metric, metric.part), self._part(metric, metric.whole)]
        return tuple(found)

    def dates(self, metric: AnyMetric) -> Mapping[str, tuple[str, ...]]:
        """What a metric can be counted by -> the date of each of its parts, the default first.

        Raises:
            LoadError: If the parts of a ratio have no date in common and none are declared.
        """
        if isinstance(metric, Metric):
            return {name: (name,) for name in metric.dates}
        part, whole = self.parts(metric)
        choices = {name: (name, name) for name in part.dates if name in whole.dates}
        if metric.counted_by:
            self._check_counted_by(metric, part, whole, metric.counted_by)
            return {" / ".join(metric.counted_by): metric.counted_by, **choices}
        if not choices:
            raise metric.error(
                f"{part.name} is counted by {_listed(part.dates)} and {whole.name} by "
                f"{_listed(whole.dates)}",
                step=f'Say which is meant: counted_by=("{next(iter(part.dates))}", '
                f'"{next(iter(whole.dates))}").',
            )
        return choices

    def default_date(self, metric: AnyMetric) -> str:
        """What a metric is counted by where nothing else is asked for."""
        return next(iter(self.dates(metric)))

    def _part(self, metric: RatioMetric, name: str) -> Metric:
        found = self.get(name)
        if found is None:
            if error := self.missing(name):
                raise error
            aggregates = [each.name for each in self if isinstance(each, Metric)]
            step = did_you_mean(name, aggregates)
            raise metric.error(f"there is no metric {name}", f'"{name}"', step)
        if isinstance(found, RatioMetric):
            raise metric.error(f"{name} is a ratio itself", f'"{name}"',
                               "Divide metrics that are aggregates.")  # fmt: skip
        return found

    @staticmethod
    def _check_counted_by(
        metric: RatioMetric, part: Metric, whole: Metric, dates: tuple[str, str]
    ) -> None:
        for each, name in zip((part, whole), dates, strict=True):
            if name not in each.dates:
                step = did_you_mean(name, each.dates)
                message = f"{each.name} is counted by {_listed(each.dates)}, not by {name}"
                raise metric.error(message, "counted_by=", step)


@cache
def metric_library(package: str = "warehouse_assets") -> MetricLibrary:
    """The metrics that the modules in `metrics/` of a package declare, in the modules' order.

    A module that fails to import, and a second metric of a name, are among its problems.
    """
    found: dict[str, AnyMetric] = {}
    problems: list[LoadError] = []
    for module_name in module_names(f"{package}.{_FOLDER}"):
        try:
            module = imported(module_name)
        except LoadError as error:
            problems.append(error)
            continue
        for name, value in vars(module).items():
            if isinstance(value, Metric | RatioMetric):
                metric = replace(value, name=name)
                if name in found:
                    problems.append(metric.error(f"the name is taken by {found[name].path}"))
                found.setdefault(name, metric)
    return MetricLibrary(found, tuple(problems))


def _listed(dates: Mapping[str, str]) -> str:
    return ", ".join(dates)
