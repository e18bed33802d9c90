"""`gatewright deploy`: a template with the local code that it refers to becomes a stack of a node.

template_files  find and read the template
artifacts       the local paths in it, and what stands in their place when they are packaged
archives        zip files that are the same as long as what is in them is
builds          dependencies from requirements.txt and package.json
packaging       all of this: a template, and the packages that it names, to be brought to the node
stacks          change sets: what changes, and how it goes on
progress        what is shown meanwhile
watch           what happens when files are saved
"""
