"""A catalog of folders and files, laid out as Iceberg's own HadoopCatalog does."""
