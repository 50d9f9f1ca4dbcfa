"""Find interpreters, resolve locks, and build the environments in which releases run."""
