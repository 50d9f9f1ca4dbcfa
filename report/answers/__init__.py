"""What an error means: its cause, what helps, and the cells that say so."""
