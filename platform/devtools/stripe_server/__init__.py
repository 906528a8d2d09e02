"""A stand-in for Stripe: a real HTTP server that refuses whatever the installed SDK's own types do not know.

The demo runs it with a payment page; tests start it in their own process (`devtools.stripe_server.server.StandIn`).
Strict where Stripe is lenient: calls of another API version, without a key of our own or, for direct charges, without
an account are refused, too.
"""
