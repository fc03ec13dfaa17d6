"""The independent authority's tool: opens and inspects sealed biometrics.

It shares no key with the other programs.
"""
