"""The public data set's files, read and put in order."""
