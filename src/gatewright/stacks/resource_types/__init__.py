"""What a stack can make: one module per resource type or family, `table` names them all, `contract` says what one is."""
