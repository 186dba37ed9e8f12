"""What a table's module declares: contract, inputs, policies, metrics."""
