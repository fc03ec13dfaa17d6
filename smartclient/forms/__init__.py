"""Form packages: load, evaluate, validate, price.

A form is data. Nothing here knows a particular form, a window or a database.
"""
