"""The frame of the window, its pages, and what stands before it."""
