"""Statements that the stand-in answers, by what they are about."""
