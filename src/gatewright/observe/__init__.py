"""What a node writes about itself and about functions: logs now, metrics and traces later."""
