"""The Iceberg side: tables, scans, staging, audit, publish, maintenance."""
