"""Making a lake that was copied or moved right: its metadata names the files where they are now."""
