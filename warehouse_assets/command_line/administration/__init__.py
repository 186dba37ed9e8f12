"""Commands that keep a lake: maintenance, drop, relocate, starrocks, ui."""
