"""Decides which recorded replies still answer a request, and which requests are outstanding.

`syntax` reduces sources to their code, `sources` digests them, `keys` makes the key of a request,
and `outstanding` compares the keys of a run with those of its recorded replies.
"""
