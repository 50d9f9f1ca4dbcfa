"""What is written of a run: rows, their origin, and what of it is published."""
