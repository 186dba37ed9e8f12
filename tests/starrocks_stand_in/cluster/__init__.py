"""What the front ends of the stand-in share and have cached."""
