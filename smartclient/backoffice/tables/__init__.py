"""What the back office stores: the schema, its migrations, and how a database is opened.

Tables and types only; what may be written when is decided in `operations`.
"""
