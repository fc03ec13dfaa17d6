"""The tour: the main job without a person, with real processes over loopback.

`conductor` runs back office, export, core and the commands; `desk` is a process of its own that
works in the desktop program's windows as an adviser does and takes a picture of each.
"""
