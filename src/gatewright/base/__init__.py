"""Pure values that every other package may use: messages, ARNs, ids, clock, errors, policy documents."""
