"""Which files were delivered for a day, and which of them have changed."""
