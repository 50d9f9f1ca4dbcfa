"""The published files as Python objects: cells, timings, damaged files."""
