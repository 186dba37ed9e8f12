"""StarRocks set up to serve the lake: catalog, users, grants, views."""
