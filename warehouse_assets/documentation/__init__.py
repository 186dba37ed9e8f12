"""The warehouse for people, written from the tables' modules and from nothing else."""
