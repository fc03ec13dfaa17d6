"""The pen: the port every pad implements, traces, their quality, their record and their sealing.

It knows no window, no USB and no document; drivers live in `signpad`, the on-screen pad in `ui`.
"""
