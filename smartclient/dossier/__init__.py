"""What a document must satisfy: complete, priced as computed, signed as required, exportable.

The same code tells the adviser what is missing and the server what may be sealed.
It stores nothing.
"""
