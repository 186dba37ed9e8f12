"""Things to try the warehouse with: a simulated shop, and a public data set."""
