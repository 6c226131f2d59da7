"""`kg serve`: the site and a read-only SPARQL endpoint.

A request comes through `connection` to `app`. Files belong to an `edition`, what is served of one state of the facts; the
`shelf` holds it, and replaces it by one that `builder` makes when they change. A query is read by `protocol` and waits in
the `pool` for a worker of the `engine`, a process of its own, so that nothing a query does can harm the server.
"""
