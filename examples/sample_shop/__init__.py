"""A simulated shop that fills every source, from one seed."""
