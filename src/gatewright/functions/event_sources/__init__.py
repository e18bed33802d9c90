"""Events that Lambda reads for functions. `pollers` runs the mappings, `sqs` reads one queue."""
