"""What is written: the pages, the paper and the badges."""
