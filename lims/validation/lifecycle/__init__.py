"""The life of a validation study as pure rules: states, the table of moves, the gates before each."""
