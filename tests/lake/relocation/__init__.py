"""Tests of lakes that are copied and moved."""
