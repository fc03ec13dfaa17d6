"""What the back office decides: each operation works on one transaction, given as a `Desk`.

No HTTP and no commands here; time, ids, random and keys come with the desk.
"""
