"""One module a command: `arguments(parser)` says what it takes, `run(chosen)` does it."""
