"""JSON documents: one text that holds an array of rows, read an element at a time."""
