"""Where the processes of execution environments run: the seam, and one module for each kind of sandbox."""
