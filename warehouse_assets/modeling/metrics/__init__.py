"""What a metric is, where tables carry it, and what may not be done with it."""
