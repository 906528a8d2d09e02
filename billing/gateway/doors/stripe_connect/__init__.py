"""Stripe, with accounts of the businesses' own (Connect, direct charges): the business is the merchant of record.

The only modules that import ``stripe``. What they hand out is in the gateway's words.
"""
