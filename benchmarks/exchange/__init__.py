"""What the bench of the exchange stands on: laptops that count, the floor, a peer, cuts."""
