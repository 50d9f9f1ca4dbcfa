"""What the measurements say: one question in each module."""
