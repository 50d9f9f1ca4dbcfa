"""Figures, and the shapes that they share."""
