"""What reconciling costs: a rule against bare SQL and MariaDB, all rules, a long history."""
