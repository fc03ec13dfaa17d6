"""How a new document begins: which form, for a change request which contract, and off it goes."""
