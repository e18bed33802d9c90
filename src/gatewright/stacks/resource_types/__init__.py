"""What a stack can make: `table` names the resource types, a module has a family, `contract` says what one is."""
