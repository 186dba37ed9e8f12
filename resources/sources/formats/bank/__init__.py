"""Account statements of banks: MT940 and CAMT.053, whose balances say whether they are whole."""
