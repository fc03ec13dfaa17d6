"""`smartclient-backoffice <command>`: what an operator does, with JSON to stdout.

Exit code 0: done. 1: done, with a negative result. 2: refused; code and sentence on stderr.
"""
