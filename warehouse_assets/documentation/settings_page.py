"""Every setting with its environment variable, default and meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resources.settings import SETTINGS_FILE, Settings
from warehouse_assets.documentation.markdown import markdown_table

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo


def settings_page() -> str:
    """The settings in the order in which they are declared."""
    rows = [
        (f"`LEDGERLAKE_{name.upper()}`", _default(field), field.description)
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join(
        [
            "# Settings",
            "",
            "Written by `make docs`; do not edit. Each is an environment variable. A lake keeps "
            f"its own in `{SETTINGS_FILE}` in its home; the environment wins.",
            "",
            markdown_table(["variable", "default", "meaning"], rows),
            "",
        ]
    )


def _default(field: FieldInfo) -> str:
    if field.default_factory is not None:
        return "as the machine has"
    return "" if field.default is None else f"`{field.default}`"
