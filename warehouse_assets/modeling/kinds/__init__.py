"""How a table takes new rows, where its window, or all of it, is not simply replaced."""
