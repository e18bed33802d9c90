"""What functions see of the network: the seam, and one module for each kind of it."""
