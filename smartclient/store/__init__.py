"""The laptop's encrypted database: schema, migrations, repositories, search and key ring.

Its commit raises `Changed(kind, ids)`. It decides nothing about documents.
"""
