"""Delivered files of a window, loaded into typed rows and rejected rows."""
