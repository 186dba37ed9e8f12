"""Commands that administer a lake: maintain, relocate, drop, starrocks, ui."""
