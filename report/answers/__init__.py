"""Answers to an error: its causes, the ways out, and the cells as evidence."""
