"""Dagster's UI behind a guard: only its own pages may change anything.

It needs nothing else of the project: the image of the webserver has this folder alone.
"""
