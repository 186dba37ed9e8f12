"""The SQL of a rule: sides, passes, judgement, words."""
