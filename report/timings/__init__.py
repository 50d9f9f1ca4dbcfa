"""What does a load cost, and which release changed it? The page of the timings.

`data` reads the tables, `looks` tells lines apart, `summaries` makes rows for the page, `plots`
draws, `pages` writes.
"""
