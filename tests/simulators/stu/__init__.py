"""Wacom STU pads at the boundary of hidapi: as strict as the devices, with a screen to look at."""
