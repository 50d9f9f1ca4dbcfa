"""Where a release runs: interpreters, locks, and the environments built from them."""
