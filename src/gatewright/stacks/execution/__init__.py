"""What makes, changes and removes the resources of stacks.

plan       what an update will change: what change sets show
apply      the resources that a template asks for, each after those that it needs
removal    the resources that nobody asks for any more, each before those that it needs
phases     the parts of an operation and what follows which
runs       operations in threads, and what a node takes up that was ended in the middle of them
journal    what of all that is durable
"""
