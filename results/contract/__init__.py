"""Defines the published files: tables, columns, documents and the meaning of every value.

Every column is defined here once, as a field of its table's class. The schemas beside the published
files, their descriptions, and the rows that both wings read and write follow from that.
"""
