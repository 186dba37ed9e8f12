"""Help in words of the business: what is to be given, not how Python calls its type."""

from __future__ import annotations

from functools import partial
from typing import Any

from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption


class HelpCommand(TyperCommand):
    """A command whose help names no types."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help."""
        _name_no_types(self.get_params(ctx))
        super().format_help(ctx, formatter)


class HelpGroup(TyperGroup):
    """A group of commands whose help names no types."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help."""
        _name_no_types(self.get_params(ctx))
        super().format_help(ctx, formatter)


def _name_no_types(params: list[Any]) -> None:
    for param in params:
        if isinstance(param, (TyperArgument, TyperOption)):
            setattr(param, "display_type_rich", partial(_words, param))  # noqa: B010


def _words(param: TyperArgument | TyperOption, ctx: Any) -> str | None:
    """What stands beside a parameter; nothing beside a flag, or an argument, which has a name."""
    if isinstance(param, TyperArgument) or param.is_flag:
        return None
    return param.metavar or param.display_type(ctx).strip("<>")
