"""The record of closed books: who closed and reopened them, when, through which day, and why."""
