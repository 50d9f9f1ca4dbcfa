"""Carries cells out: from the outstanding requests of a run to its recorded replies.

`pipeline` saves and then loads. `reuse` lists the requests without a valid reply, `stages` has each
environment answer its requests, `workers` runs the process inside an environment, and `store` keeps
the files. `protocol` types requests, replies and events.
"""
