"""What finance and analysts read."""
