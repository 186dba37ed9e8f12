"""What a table says of the files delivered to it."""
