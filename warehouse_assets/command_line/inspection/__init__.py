"""Commands that show the state of tables: status, tables, show, trace."""
