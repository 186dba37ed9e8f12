"""Refreshes of served tables, until StarRocks is seen to show what is published."""
