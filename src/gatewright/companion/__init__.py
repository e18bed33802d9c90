"""What the companion's process has beside moto: events of its services that reach this node's functions.

It runs in a process of its own, in which `apply` puts the parts in place of moto's as services are first used. It
imports nothing of the node's but pure packages, and moto's modules only when moto has imported them.
"""
