"""Commands that keep a lake: upkeep, drop, relocate, starrocks, ui."""
