"""Workbooks of Excel and others (.xlsx): one sheet is one file of rows."""
