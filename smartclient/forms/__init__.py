"""Form packages: a form as data is loaded, filled in, checked, priced and described for drawing.

`package` loads, `session` is one form being filled in, `layout` says what to draw, `states` what is
shown of it. It draws nothing, stores nothing and opens no connection.
"""
