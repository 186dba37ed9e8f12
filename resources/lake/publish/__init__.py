"""The publish of a run: staged commit, change detection, commit."""
