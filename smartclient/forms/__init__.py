"""Form packages: a form as data is loaded, filled in, checked, priced and described for drawing.

`package` loads, with the shared parts that `assembly` put in; `session` is one form being filled
in, `layout` says what to draw, `states` what is shown; `comparison` finds what differs from a
contract, `migration` and `meaning` carry answers to another form. It draws nothing, stores nothing
and opens no connection.
"""
