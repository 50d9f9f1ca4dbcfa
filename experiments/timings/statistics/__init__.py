"""Estimate times from samples: their differences, how sure these are, and which rows are stable."""
