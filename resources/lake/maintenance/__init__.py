"""Compaction, expiry of snapshots, removal of files that nothing refers to."""
