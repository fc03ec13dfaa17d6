"""The few pieces every window is made of. They show and emit; they hold no rule of the trade."""
