"""What those who build SmartClient run: set-up, checks, the practice site, benches.

No part of the product imports it.
"""
