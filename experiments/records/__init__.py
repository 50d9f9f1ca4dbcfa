"""Turns the replies of a run into rows and provenance, publishes, verifies and archives them."""
