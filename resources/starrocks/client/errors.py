"""Errors of statements, one class for each way to react."""

from __future__ import annotations

from enum import Enum

from resources.errors import LedgerlakeError


class Retry(Enum):
    """Whether sending the same statement again can help."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    """It may have taken effect, or may yet: look first."""


class StarRocksError(LedgerlakeError):
    """A statement was not answered, or with an error; `code` is StarRocks' or the driver's."""

    retry = Retry.NO

    def __init__(
        self, message: str, next_step: str | None = None, *, code: int | None = None
    ) -> None:
        self.code = code
        super().__init__(message, next_step)


class Unreachable(StarRocksError):
    """No connection, or it was lost before the answer to a statement that can be repeated."""

    retry = Retry.YES


class LakeUnreachable(Unreachable):
    """StarRocks answers, but does not reach the lake's catalog or object store."""


class RefreshIncomplete(StarRocksError):
    """One front end has refreshed the table, another one has not."""

    retry = Retry.YES


class Denied(StarRocksError):
    """The user or the password is wrong, or the user may not do it."""


class NotThere(StarRocksError):
    """There is no such catalog, database, table or view."""


class Refused(StarRocksError):
    """StarRocks rejects the statement: a mistake, or a case that it does not support."""


class OutcomeUnknown(StarRocksError):
    """No answer came. StarRocks may still be working, or may be done."""

    retry = Retry.UNKNOWN
