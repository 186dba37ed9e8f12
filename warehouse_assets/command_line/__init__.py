"""The ledgerlake command."""
