"""Qt: windows, models, the one form renderer, the on-screen pad, theme and tasks.

Widgets show and emit; they hold no rules. A view gets a frozen view-model and calls one service.
"""
