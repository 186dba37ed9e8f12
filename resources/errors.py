"""The one kind of error people see: what happened, to what, and the next step."""

from __future__ import annotations


class LedgerlakeError(Exception):
    """An error a person can act on.

    Args:
        message: What happened; names the table, partition and column it happened to.
        next_step: What the reader can do about it, as an imperative sentence.
    """

    def __init__(self, message: str, next_step: str | None = None) -> None:
        self.message = message
        self.next_step = next_step
        super().__init__(message if next_step is None else f"{message}\nNext step: {next_step}")


def said_by(error: BaseException) -> str:
    """What an error says, on one line, at most 500 characters."""
    return " ".join(str(error).split())[:500]


class SettingsError(LedgerlakeError):
    """A setting is missing, malformed or contradicts another."""


class LakeMissing(LedgerlakeError):
    """There is no lake where one was to be looked at; nothing was made."""


class InputMissing(LedgerlakeError):
    """An input partition, file or table that a run needs is not there."""


class SourceError(LedgerlakeError):
    """A delivered file cannot be read, or too many of its rows cannot."""


class AuditFailed(LedgerlakeError):
    """Staged rows broke a blocking check; what was published stays as it was."""


class PublishConflict(LedgerlakeError):
    """Another run published the same partitions first, and this run's files were removed."""


class SchemaChangeRefused(LedgerlakeError):
    """The contract asks for a change that the table cannot take without losing meaning."""


class StorageError(LedgerlakeError):
    """The disk, the catalog's database or a file failed; nothing was published."""


class DataError(LedgerlakeError):
    """A query's columns or values do not fit the types that the contract states."""


class EngineError(LedgerlakeError):
    """The engine refused a statement or could not finish it; nothing was published."""


class RecordUnreadable(StorageError):
    """A publication record is missing, damaged, or of a version that this program does not know.

    Args:
        record: Where it should be.
        why: What is wrong with it, in a few words.
    """

    def __init__(self, record: str, why: str) -> None:
        super().__init__(
            f"The publication record {record} cannot be read: {why}",
            "Materialize its partition again: that writes a new one.",
        )
        self.why = why
