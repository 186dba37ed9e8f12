"""Tests of what is delivered to us."""
