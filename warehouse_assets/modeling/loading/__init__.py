"""The tables found, checked and put in order: everything that can fail when the code is loaded."""
