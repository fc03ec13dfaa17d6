"""The commands without a window, with JSON output.

Errors go to stderr with their code; exit 0 fine or warning, 1 negative verdict, 2 bad input.
A command is a module of this package with `register(subparsers)`, named in `program.COMMANDS`.
"""

from smartclient.cli.program import main

__all__ = ["main"]
