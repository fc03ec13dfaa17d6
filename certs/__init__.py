"""Where keys and certificates come from: the practice ones here, the real ones in the README."""
