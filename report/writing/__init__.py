"""How results are put into words: outcomes, lists, numbers, Markdown, and the pages' templates."""
