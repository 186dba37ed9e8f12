"""Formats of delivered files: each gives rows; all share the way to types.

A file that is truncated, damaged, or not as declared raises SourceError, which names it.
"""
