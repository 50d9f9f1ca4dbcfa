"""What to do with the published results: examples that a test runs."""
