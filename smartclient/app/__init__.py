"""Composition: one build function per area; the only place that knows all classes."""
