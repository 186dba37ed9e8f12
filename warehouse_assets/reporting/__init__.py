"""Reports on the reconciliations of a business date: read, laid out, put into files and sent."""
