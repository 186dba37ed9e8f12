"""Commands for those who write tables: check, new, docs."""
