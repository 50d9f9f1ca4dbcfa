"""The published results as a static site: opens from a folder, asks no other host for anything."""
