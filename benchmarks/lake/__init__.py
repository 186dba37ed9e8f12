"""Benchmarks of the lake alone: publishes, reads, audits, merges."""
