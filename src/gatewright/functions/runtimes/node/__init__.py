"""The Node.js runtimes: AWS's own `aws-lambda-ric`, driven over the channel by the JavaScript files in this directory.

`runtime` runs in the node of gatewright; the others run in the function's process. npm installs the client into
`node_modules` here, see docs/decisions/0008-runtime-interface-clients.md.
"""
