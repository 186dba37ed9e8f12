"""The figures of the business, each declared once: a module a domain, a variable a metric."""
