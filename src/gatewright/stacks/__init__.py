"""CloudFormation: templates, their resources, and what makes, changes and removes stacks of them."""
