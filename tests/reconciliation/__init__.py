"""How well the rules find what is wrong in a shop whose errors are known."""
