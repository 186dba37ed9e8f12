"""The publish of a run: replace or merge, change detection, commit."""
