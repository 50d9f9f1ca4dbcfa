"""What the published files hold: tables, their columns, and what a value means.

Every column is defined here once, as a field of its table's class. The schemas beside the published
files, their descriptions, and the rows that both wings read and write follow from that.
"""
