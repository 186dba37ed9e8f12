"""Everything that Dagster runs: assets, checks, jobs, schedules, sensors."""
