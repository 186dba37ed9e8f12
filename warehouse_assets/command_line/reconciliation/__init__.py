"""ledgerlake reconcile: what agrees, what does not, and what people decide of it."""
