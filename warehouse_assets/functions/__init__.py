"""Rules of the business that are expressions: functions that every SQL may call."""
