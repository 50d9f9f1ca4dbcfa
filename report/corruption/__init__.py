"""What became of damaged files: the tables of the corruption campaign as a page and figures."""
