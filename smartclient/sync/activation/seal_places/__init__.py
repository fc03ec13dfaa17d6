"""Where the seal key of an install can be kept: in the key ring, in a token, or by Windows."""
