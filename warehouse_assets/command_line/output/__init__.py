"""What commands write: messages, lists, values, JSON."""
