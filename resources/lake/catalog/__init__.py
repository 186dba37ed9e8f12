"""Which tables there are, and which metadata file of each is current."""
