"""The Dagster instance that commands run in, and its event log."""
