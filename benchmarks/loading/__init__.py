"""What the bench `load` is made of: the site it goes against, and one adviser of it."""
