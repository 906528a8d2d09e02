"""The reference: the OpenAPI document, and pages made from it."""
