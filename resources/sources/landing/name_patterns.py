"""Names of files and folders with columns in braces, `*` for anything: `STL_{shop}_{part}.csv`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from string import Formatter

from resources.errors import SettingsError, SourceError

_COLUMN = re.compile(r"[a-z][a-z0-9_]*")
_WILDCARDS = {"*": "[^/]*", "?": "[^/]"}


@dataclass(frozen=True)
class NamePattern:
    """Text that stands for itself, `*` and `?` as in a shell, and columns in braces.

    Attributes:
        text: As in `STL_{merchant_no}_{settle_date}_*.csv`.
        ignores_case: Whether letters of its text match in upper and lower case.
    """

    text: str
    ignores_case: bool = False

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns that get their values from the name, in order."""
        return tuple(name for _, name, _, _ in Formatter().parse(self.text) if name is not None)

    def fits(self, name: str) -> bool:
        """Whether the name matches."""
        return self._greedy_and_lazy[0].fullmatch(name) is not None

    def values(self, name: str) -> Mapping[str, str] | None:
        """Each column's value in the name; None: no match. Raises SourceError if ambiguous."""
        found, other = (each.fullmatch(name) for each in self._greedy_and_lazy)
        if found is None:
            return None
        if other is None or other.groupdict() != found.groupdict():
            raise SourceError(
                f"{name!r} can be read by {self.text!r} in two ways: {found.groupdict()} or "
                f"{other.groupdict() if other else {}}",
                "Write more of what stands between the columns into the pattern, or have the "
                "file delivered under a name with one meaning.",
            )
        return found.groupdict()

    @cached_property
    def _greedy_and_lazy(self) -> tuple[re.Pattern[str], re.Pattern[str]]:
        return self._expression("+"), self._expression("+?")

    def _expression(self, repeated: str) -> re.Pattern[str]:
        parts: list[str] = []
        fields = list(Formatter().parse(self.text))
        following = [text for text, _, _, _ in fields[1:]] + [""]
        for (text, name, _, _), after in zip(fields, following, strict=True):
            parts += (_WILDCARDS.get(letter) or re.escape(letter) for letter in text)
            if name is not None:
                # What a wildcard may stand for is its own: the value ends at the first place.
                first = any(wildcard in after for wildcard in _WILDCARDS)
                parts.append(f"(?P<{name}>[^/]{'+?' if first else repeated})")
        return re.compile("".join(parts), re.IGNORECASE if self.ignores_case else 0)


def name_pattern(argument: str, text: str, ignores_case: bool = False) -> NamePattern:
    """The pattern of an argument of files(). Raises SettingsError if it is ambiguous."""
    pattern = NamePattern(text, ignores_case)
    try:
        fields = list(Formatter().parse(text))
    except ValueError as error:
        raise refused_pattern(argument, text, f"is no pattern: {error}") from error
    if any(name is not None and (spec or conversion) for _, name, spec, conversion in fields):
        raise refused_pattern(argument, text, "has more than a column's name in braces")
    if not all(_COLUMN.fullmatch(name) for name in pattern.columns):
        raise refused_pattern(argument, text, "has braces that hold no column's name")
    if len(set(pattern.columns)) != len(pattern.columns):
        raise refused_pattern(argument, text, "names a column twice")
    if "}{" in text.replace("}}", "").replace("{{", "") or "}*" in text or "*{" in text:
        raise refused_pattern(argument, text, "does not say where a column's value ends")
    return pattern


def refused_pattern(argument: str, text: str, what: str) -> SettingsError:
    """The error about a pattern that makes no sense."""
    example = 'folders="region_{region}"' if argument == "folders" else 'pattern="STL_{part}.csv"'
    return SettingsError(
        f"files(): {argument} {text!r} {what}",
        f"Write each column once, in braces, with text between two of them, as in {example}.",
    )


@dataclass(frozen=True)
class FolderPattern(NamePattern):
    """One level of folders for each part between slashes; a name in braces is a column."""

    @property
    def depth(self) -> int:
        """Levels of folders."""
        return len(self.text.split("/"))


def folder_pattern(text: str) -> FolderPattern:
    """The pattern of folders. Raises SettingsError if a level is empty or names no column."""
    checked = name_pattern("folders", text)
    if any(part in ("", ".", "..") for part in text.split("/")) or "\\" in text:
        raise refused_pattern("folders", text, "has a level without a name")
    if not all("{" in part for part in text.split("/")):
        raise refused_pattern("folders", text, "has a level that gives no column")
    return FolderPattern(checked.text)
